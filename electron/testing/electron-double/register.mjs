/** Loaded before the shipped main bundle: sends its `import … from 'electron'` to the double named in the environment. */
import { register } from 'node:module';

register('./hooks.mjs', import.meta.url, { data: { electron: process.env.ELECTRON_DOUBLE_MODULE } });
