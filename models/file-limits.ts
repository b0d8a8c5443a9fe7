/** How large a file may be that is opened, in window and terminal alike; docs/errors.md and docs/formats.md say the same. */

/** 268 MB: a picture of 200 million pixels seldom has more. */
export const MAX_IMAGE_FILE_BYTES = 256 * 1024 * 1024;
export const MAX_TEXT_FILE_BYTES = 64_000_000;
