import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../api/client';
import type { LogLine } from '../api/types';
import type { JobsService } from './service';

/** Seconds that the server may hold an answer; proxies in front of notebook instances cut a call after some ten. */
const WAIT_SECONDS = 8;

/** Milliseconds to the next try after a failure; doubled each time up to the second. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/** Lines that are kept; the oldest go first. A browser cannot scroll much further at the height of a line. */
const MAX_LINES = 1_000_000;

/** The log lines of one job, followed as long as someone looks and the job has more to say. */
export class LogModel implements IDisposable {
  constructor(
    private readonly _service: JobsService,
    readonly jobName: string
  ) {}

  /** Emitted when lines came, the log ended, or reading failed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Grows at its end; it is another array after lines were dropped from its start. */
  get lines(): readonly LogLine[] {
    return this._lines;
  }

  /** Lines dropped from the start. */
  get dropped(): number {
    return this._dropped;
  }

  /** The streams seen so far: one an instance, and more after retries. */
  get streams(): readonly string[] {
    return this._streams;
  }

  /** The job has ended and every line is here. */
  get finished(): boolean {
    return this._finished;
  }

  /** The first answer is here. */
  get ready(): boolean {
    return this._ready;
  }

  /** Why lines do not come; reading goes on by itself where that may help. */
  get error(): SmextError | null {
    return this._error;
  }

  /** Follow, or stop following without forgetting the place. */
  set active(active: boolean) {
    if (active && !this._aborter && !this._isDisposed) {
      this._aborter = new AbortController();
      void this._follow(this._aborter.signal);
    } else if (!active) {
      this._aborter?.abort();
      this._aborter = null;
    }
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this.active = false;
    Signal.clearData(this);
  }

  private async _follow(signal: AbortSignal): Promise<void> {
    let pause = FIRST_PAUSE;
    while (!signal.aborted && !this._finished) {
      try {
        const wait = this._ready ? WAIT_SECONDS : 0;
        const page = await this._service.logs(this.jobName, this._cursor, wait, signal);
        if (signal.aborted) {
          return;
        }
        this._cursor = page.cursor;
        this._append(page.lines);
        this._streams = page.streams;
        this._finished = page.finished;
        this._ready = true;
        this._error = null;
        pause = FIRST_PAUSE;
        this._changed.emit();
      } catch (reason) {
        if (signal.aborted) {
          return;
        }
        const error = SmextError.from(reason);
        if (error.envelope.code === 'InvalidRequest' && this._cursor !== null) {
          // The cursor of a tab that slept for a day is no longer known: read from the start.
          this._cursor = null;
          this._lines = [];
          this._dropped = 0;
          continue;
        }
        this._error = error;
        this._changed.emit();
        await sleep(pause, signal);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
    }
  }

  private _append(lines: readonly LogLine[]): void {
    for (const line of lines) {
      this._lines.push(line);
    }
    if (this._lines.length > MAX_LINES) {
      const surplus = this._lines.length - Math.floor(MAX_LINES * 0.9);
      this._lines = this._lines.slice(surplus);
      this._dropped += surplus;
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _lines: LogLine[] = [];
  private _dropped = 0;
  private _streams: readonly string[] = [];
  private _cursor: string | null = null;
  private _finished = false;
  private _ready = false;
  private _error: SmextError | null = null;
  private _aborter: AbortController | null = null;
  private _isDisposed = false;
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
