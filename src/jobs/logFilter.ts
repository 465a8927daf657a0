import type { LogLine } from '../api/types';

/** What of a log is shown. */
export interface ILogFilter {
  /** Lines that hold these words, whatever their case; empty: all lines. */
  text: string;
  /** Lines of one stream; null: of all. */
  stream: string | null;
}

/** Indexes of the lines that a filter lets through; as a log grows only its new lines are looked at. */
export class FilteredLines {
  constructor(readonly filter: ILogFilter) {
    this._text = filter.text.toLowerCase();
  }

  /** The indexes, or null where the filter lets every line through. */
  of(lines: readonly LogLine[]): readonly number[] | null {
    if (!this._text && this.filter.stream === null) {
      return null;
    }
    if (lines !== this._lines) {
      this._lines = lines;
      this._seen = 0;
      this._found = [];
    }
    if (this._seen < lines.length) {
      // A new array tells React that there are new lines.
      this._found = [...this._found];
      for (; this._seen < lines.length; this._seen++) {
        if (this._passes(lines[this._seen])) {
          this._found.push(this._seen);
        }
      }
    }
    return this._found;
  }

  private _passes(line: LogLine): boolean {
    return (
      (this.filter.stream === null || line.stream === this.filter.stream) &&
      (!this._text || line.message.toLowerCase().includes(this._text))
    );
  }

  private readonly _text: string;
  private _lines: readonly LogLine[] | null = null;
  private _seen = 0;
  private _found: number[] = [];
}
