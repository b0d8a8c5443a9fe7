/** The double's public edge: an end-to-end test opens the shipped app with it and gets its page. */
export { type Double, type DoubleOptions, launchDouble } from './launch';
