/** For work whose process may block and be killed as a whole (raw mode on the command line): an engine without a process of its own. */
export { physicalCores } from '../engine/cores';
export { loadOrt } from '../engine/load-ort';
export { openModelFolder } from '../engine/model-folder';
