/** The words of gallery and detail. One object a language, so that another can be put beside it. */
export const LATENT_WORDS = {
  pin: 'Pin',
  unpin: 'Unpin',
  latent: (index: number): string => `Latent ${index}`,
  rowsItReads: 'rows it reads',
  highestShare: 'highest share',
  ofTheOutput: 'of the output',
  oneQueryRanks: (rank: string, count: string): string => `The one output query ranks it ${rank} of ${count}.`,
  queryRanks: (query: string, rank: string, count: string): string =>
    `${query.charAt(0).toUpperCase()}${query.slice(1)} ranks it ${rank} of ${count}.`,
  latentsItReads: 'Latents it reads',
  block: 'Block',
  layer: 'Layer',
  head: 'Head',
  mean: 'mean',
  itself: (percent: string): string => `itself ${percent}`,
  readsMost: (index: number, self: string, list: string): string =>
    `Latent ${index} reads itself ${self}, and of the others most from ${list}.`,
  share: (index: number, percent: string): string => `${index}, ${percent}`,
  mapSentence: (count: string): string => `${count} × ${count}. Down: who reads. Across: whom.`,
  pointed: (row: number, column: number, percent: string): string => `${row} reads ${column}: ${percent}`,
  mapLabel: 'Latent that is read',
  andMore: (percent: string): string => `${percent} and more`,
  copied: 'Copied',
  /** Which self-attention is shown. */
  process: (block: string | null, layer: string, head: string | null): string =>
    `Process, ${block === null ? '' : `block ${block}, `}layer ${layer}, ${head === null ? 'mean of heads' : `head ${head}`}.`,
  readBy: 'Outputs that read it',
  computing: 'computing',
} as const;
