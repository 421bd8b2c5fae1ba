import type { HotmartResource } from '../../fields';
import { create } from './create';

export const negotiation: HotmartResource = { name: 'Negotiation', value: 'negotiation', operations: [create] };
