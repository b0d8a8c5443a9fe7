/** The vocabulary of Hugging Face's PerceiverTokenizer: six special tokens, [PAD] first, then the 256 byte values. */

export const MASK = 3;
export const CLS = 4;
export const SEP = 5;
/** Id of byte value 0. */
export const BYTE_OFFSET = 6;
export const BYTE_VALUES = 256;
export const VOCABULARY = BYTE_OFFSET + BYTE_VALUES;
