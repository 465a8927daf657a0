import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../api/client';
import type { ISort } from '../common/listing';
import { bucketEntry, type Entry, entryKey, pageEntries, placeEntry } from './entry';
import { folderOf, type ILocation, parentOf, parseLocation, uriOf } from './location';
import type { PlacesModel } from './places/model';
import type { S3Service } from './service';

/** Milliseconds without a keystroke after which S3 is asked for the names that begin with what was typed. */
const TYPING_PAUSE = 300;

/** Rows of the first page, which one request to S3 brings, and the most that a further one may have. */
const FIRST_PAGE = 1000;
const LARGEST_PAGE = 10_000;

interface IPage {
  entries: Entry[];
  next: string | null;
}

/** One browser: where it is, what is listed there, what is selected. Rows come page by page as they are needed. */
export class S3BrowserModel {
  constructor(
    private readonly _service: S3Service,
    private readonly _places: PlacesModel,
    private _location: ILocation | null = null
  ) {
    _places.changed.connect(this._onPlacesChanged, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get locationChanged(): ISignal<this, ILocation | null> {
    return this._locationChanged;
  }

  /** Null is the list of buckets. */
  get location(): ILocation | null {
    return this._location;
  }

  /** Some place was opened already. */
  get hasOpened(): boolean {
    return this._hasOpened;
  }

  /** The rows to show: filtered and sorted. */
  get entries(): readonly Entry[] {
    return this._shown;
  }

  /** The first page is under way. */
  get loading(): boolean {
    return this._loading;
  }

  /** Why the place cannot be listed. */
  get error(): SmextError | null {
    return this._error;
  }

  /** There are more rows than those loaded. */
  get hasMore(): boolean {
    return this._next !== null;
  }

  get loadingMore(): boolean {
    return this._loadingMore;
  }

  /** Why the next page could not be loaded. */
  get moreError(): SmextError | null {
    return this._moreError;
  }

  get filter(): string {
    return this._filter;
  }

  /**
   * Whether the filter asks S3, which finds names by how they begin, or sieves the loaded rows, which finds any part.
   * S3 is asked where not all rows are loaded.
   */
  get filtersOnServer(): boolean {
    return this._filtersOnServer || this.hasMore;
  }

  get sort(): ISort | null {
    return this._sort;
  }

  get selectedKeys(): ReadonlySet<string> {
    return this._selected;
  }

  get selected(): readonly Entry[] {
    this._selectedEntries ??= this._findSelected();
    return this._selectedEntries;
  }

  get canGoBack(): boolean {
    return this._back.length > 0;
  }

  get canGoForward(): boolean {
    return this._forward.length > 0;
  }

  /** List a place. */
  async open(location: ILocation | null): Promise<void> {
    if (this._hasOpened && uriOf(location) !== uriOf(this._location)) {
      this._back.push(this._location);
      this._forward = [];
    }
    await this._show(location);
  }

  /**
   * Go to what a person typed: a folder, or the folder of an object with the object selected.
   *
   * Throws a SmextError where the text names no place.
   */
  async openText(text: string): Promise<void> {
    if (/^(s3:\/*)?$/.test(text.trim())) {
      return this.open(null);
    }
    const location = parseLocation(text);
    if (!location) {
      throw new SmextError(
        {
          code: 'InvalidRequest',
          message: `“${text}” names no place in S3.`,
          hint: 'Type s3://bucket/prefix, an ARN, or the address of a bucket in the AWS console.',
          retryable: false
        },
        400
      );
    }
    const { bucket, prefix } = location;
    if (prefix === '' || prefix.endsWith('/')) {
      return this.open(location);
    }
    const page = await this._service.list({ bucket, prefix, max_keys: 2 }).catch(() => null);
    if (!page || page.prefixes.includes(`${prefix}/`)) {
      return this.open({ bucket, prefix: `${prefix}/` });
    }
    await this.open({ bucket, prefix: folderOf(prefix) });
    const key = `object:${prefix}`;
    if (!this._shown.some(each => entryKey(each) === key) && this.hasMore) {
      this._filter = prefix.slice(folderOf(prefix).length);
      this._filtersOnServer = true;
      await this._load();
    }
    if (this._shown.some(each => entryKey(each) === key)) {
      this.select(new Set([key]));
    }
  }

  /** Go into a bucket or prefix. */
  async enter(entry: Entry): Promise<void> {
    if (entry.kind === 'place') {
      await this.open(entry.location);
    } else if (entry.kind === 'bucket') {
      await this.open({ bucket: entry.name, prefix: '' });
    } else if (entry.kind === 'prefix' && this._location) {
      await this.open({ bucket: this._location.bucket, prefix: entry.key });
    }
  }

  /** Go up, with the place that was left selected. */
  async up(): Promise<void> {
    const left = this._location;
    if (!left) {
      return;
    }
    await this.open(parentOf(left));
    const key = left.prefix === '' ? `bucket:${left.bucket}` : `prefix:${left.prefix}`;
    if (this._shown.some(each => entryKey(each) === key)) {
      this.select(new Set([key]));
    }
  }

  async back(): Promise<void> {
    const location = this._back.pop();
    if (location !== undefined) {
      this._forward.push(this._location);
      await this._show(location);
    }
  }

  async forward(): Promise<void> {
    const location = this._forward.pop();
    if (location !== undefined) {
      this._back.push(this._location);
      await this._show(location);
    }
  }

  /** List the place again: as many rows as were loaded. */
  async refresh(): Promise<void> {
    await this._load(this._loaded.length);
  }

  async loadMore(): Promise<void> {
    if (this._next === null || this._loadingMore || this._loading) {
      return;
    }
    const { signal } = this._request;
    this._loadingMore = true;
    this._moreError = null;
    this._changed.emit();
    try {
      const page = await this._page(this._next, signal, this._loaded.length);
      if (signal.aborted) {
        return;
      }
      this._loaded = this._loaded.concat(page.entries);
      this._next = page.next;
    } catch (reason) {
      if (signal.aborted) {
        return;
      }
      this._moreError = SmextError.from(reason);
    }
    this._loadingMore = false;
    this._showLoaded();
  }

  setFilter(filter: string): void {
    if (filter === this._filter) {
      return;
    }
    const onServer = this.filtersOnServer;
    this._filter = filter;
    if (onServer) {
      this._filtersOnServer = filter !== '';
      window.clearTimeout(this._typing);
      this._typing = window.setTimeout(() => void this._load(), TYPING_PAUSE);
      this._changed.emit();
    } else {
      this._showLoaded();
    }
  }

  /** Sort by a column; again by the same one: the other way round, then as S3 lists. */
  toggleSort(column: string): void {
    if (this._sort?.column !== column) {
      this._sort = { column, descending: false };
    } else {
      this._sort = this._sort.descending ? null : { column, descending: true };
    }
    this._showLoaded();
  }

  select(keys: ReadonlySet<string>): void {
    this._selected = keys;
    this._selectedEntries = null;
    this._changed.emit();
  }

  dispose(): void {
    this._request.abort();
    window.clearTimeout(this._typing);
    Signal.clearData(this);
  }

  private async _show(location: ILocation | null): Promise<void> {
    window.clearTimeout(this._typing);
    this._hasOpened = true;
    this._location = location;
    this._filter = '';
    this._filtersOnServer = false;
    this._selected = new Set();
    this._selectedEntries = null;
    this._loaded = [];
    this._shown = [];
    this._locationChanged.emit(location);
    await this._load();
  }

  /** Load the first page, and as many further ones as `atLeast` rows take. */
  private async _load(atLeast = 0): Promise<void> {
    this._request.abort();
    this._request = new AbortController();
    const { signal } = this._request;
    this._loading = true;
    this._loadingMore = false;
    this._error = null;
    this._moreError = null;
    this._changed.emit();
    try {
      let { entries, next } = await this._page(null, signal);
      while (next !== null && entries.length < atLeast) {
        const page = await this._page(next, signal, entries.length);
        entries = entries.concat(page.entries);
        next = page.next;
      }
      if (signal.aborted) {
        return;
      }
      this._loaded = entries;
      this._next = next;
    } catch (reason) {
      if (signal.aborted) {
        return;
      }
      this._error = SmextError.from(reason);
      this._loaded = [];
      this._next = null;
    }
    this._loading = false;
    this._showLoaded();
    if (this._location && !this._error) {
      this._places.visit(this._location);
    }
  }

  /** One page after `loaded` rows: as many again, since who has scrolled far mostly scrolls on. */
  private async _page(token: string | null, signal: AbortSignal, loaded = 0): Promise<IPage> {
    const begin = this._filtersOnServer ? this._filter : '';
    if (!this._location) {
      const page = await this._service.buckets(
        { ...(begin && { prefix: begin }), ...(token !== null && { continuation_token: token }) },
        signal
      );
      return { entries: page.buckets.map(bucketEntry), next: page.continuation_token };
    }
    const { bucket, prefix } = this._location;
    const page = await this._service.list(
      {
        bucket,
        prefix: prefix + begin,
        max_keys: Math.min(Math.max(loaded, FIRST_PAGE), LARGEST_PAGE),
        ...(token !== null && { continuation_token: token })
      },
      signal
    );
    return { entries: pageEntries(page, prefix), next: page.continuation_token };
  }

  private _showLoaded(): void {
    const pinned = this._location === null ? this._places.pinned.map(placeEntry) : [];
    const rows = pinned.length > 0 ? [...pinned, ...this._loaded] : this._loaded;
    const word = this._filtersOnServer ? '' : this._filter.toLowerCase();
    const found = word ? rows.filter(each => each.name.toLowerCase().includes(word)) : rows;
    this._shown = this._sort ? sorted(found, this._sort) : found;
    this._selectedEntries = this._findSelected();
    this._selected = new Set(this._selectedEntries.map(entryKey));
    this._changed.emit();
  }

  private _onPlacesChanged(): void {
    if (this._hasOpened && this._location === null && !this._loading) {
      this._showLoaded();
    }
  }

  /** Ends as soon as all are found: the list may have a million rows. */
  private _findSelected(): Entry[] {
    const found: Entry[] = [];
    for (let index = 0; index < this._shown.length && found.length < this._selected.size; index++) {
      if (this._selected.has(entryKey(this._shown[index]))) {
        found.push(this._shown[index]);
      }
    }
    return found;
  }

  private _hasOpened = false;
  private _back: (ILocation | null)[] = [];
  private _forward: (ILocation | null)[] = [];
  private _loaded: Entry[] = [];
  private _shown: Entry[] = [];
  private _next: string | null = null;
  private _loading = false;
  private _loadingMore = false;
  private _error: SmextError | null = null;
  private _moreError: SmextError | null = null;
  private _filter = '';
  private _filtersOnServer = false;
  private _typing = 0;
  private _sort: ISort | null = null;
  private _selected: ReadonlySet<string> = new Set();
  private _selectedEntries: readonly Entry[] | null = null;
  private _request = new AbortController();
  private readonly _changed = new Signal<this, void>(this);
  private readonly _locationChanged = new Signal<this, ILocation | null>(this);
}

/** Pinned places first, and prefixes before objects, as in a file browser; among equals the order of S3. */
function sorted(entries: readonly Entry[], { column, descending }: ISort): Entry[] {
  const value = (entry: Entry): string | number => {
    switch (column) {
      case 'size':
        return entry.kind === 'object' ? entry.size : 0;
      case 'modified':
        return (entry.kind === 'object' ? entry.modified : null) ?? '';
      case 'created':
        return (entry.kind === 'bucket' ? entry.created : null) ?? '';
      case 'class':
        return entry.kind === 'object' ? entry.storageClass : '';
      case 'region':
        return (entry.kind === 'bucket' ? entry.region : null) ?? '';
      default:
        return entry.name;
    }
  };
  const rank = (entry: Entry): number =>
    entry.kind === 'place' ? 0 : entry.kind === 'object' ? 2 : 1;
  const sign = descending ? -1 : 1;
  return entries
    .map(entry => ({ entry, value: value(entry), rank: rank(entry) }))
    .sort((a, b) => {
      if (a.rank !== b.rank) {
        return a.rank - b.rank;
      }
      if (typeof a.value === 'number' && typeof b.value === 'number') {
        return sign * (a.value - b.value);
      }
      return sign * String(a.value).localeCompare(String(b.value));
    })
    .map(each => each.entry);
}
