import type { Call, Operation, Resource } from '../../shared/operation';
import type { HotmartClient } from './client';

export type HotmartCall = Call<HotmartClient>;
export type HotmartOperation = Operation<HotmartClient>;
export type HotmartResource = Resource<HotmartClient>;
