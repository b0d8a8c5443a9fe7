/** What a model's config and the header of its weights tell: the host knows every model's shape without an engine. */
export { readModelInfo } from '../../models/runtime/model-source';
