import type { HotmartResource } from '../../api/operation';
import { create } from './create';

export const negotiation: HotmartResource = { name: 'Negotiation', value: 'negotiation', operations: [create] };
