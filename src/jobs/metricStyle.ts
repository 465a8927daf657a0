/** How lines are told apart: by colour and by dash, so that neither alone carries the meaning. */

const COLORS = [
  '--jp-brand-color1',
  '--jp-warn-color1',
  '--jp-success-color1',
  '--jp-error-color1',
  '--jp-info-color1',
  '--jp-accent-color1'
];

/** Lengths of strokes and gaps in pixels. */
export const DASHES: readonly number[][] = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

/** The CSS variable of the colour of a line. */
export function lineColor(index: number): string {
  return COLORS[index % COLORS.length];
}
