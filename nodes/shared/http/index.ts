export { explainCommon, inWords, leadingWords, RequestError, type Explanation, type Failure } from './failure';
export { path } from './path';
export type { HttpRequest, RequestContext } from './request';
export { createSend } from './send';
