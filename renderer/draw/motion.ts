/** Reduced motion: asked for by the system, or by the settings (`data-motion` on the document's root). */
export const isStill = (): boolean =>
  document.documentElement.dataset.motion === 'reduced' || window.matchMedia('(prefers-reduced-motion: reduce)').matches;
