/** What only a notebook's kernel understands: magics, shell commands and help. */
const NOT_PYTHON = /^(\s*)([%!?].*)$/;

export interface IScript {
  text: string;
  /** The lines that are comments in it, as they stood in the cells. */
  leftOut: string[];
}

/** Cells as one Python file. Magics and shell commands become comments: in a job nothing understands them. */
export function scriptOf(cells: readonly string[], notebook: string): IScript {
  const leftOut: string[] = [];
  const leave = (line: string) => {
    leftOut.push(line.trim());
    return `# ${line.trim()}`;
  };
  const plain = (cell: string) => {
    const lines = cell.trim().split('\n');
    // The lines below a cell magic are its own, whatever they look like.
    if (lines[0].startsWith('%%')) {
      return lines.map(leave).join('\n');
    }
    return lines
      .map(line => {
        const found = NOT_PYTHON.exec(line);
        if (!found) {
          return line;
        }
        // A block that holds nothing but a comment would be a mistake.
        return found[1] ? `${found[1]}pass  ${leave(line)}` : leave(line);
      })
      .join('\n');
  };
  const parts = cells.filter(cell => cell.trim()).map(plain);
  return { text: [`# From cells of ${notebook}.`, ...parts].join('\n\n') + '\n', leftOut };
}
