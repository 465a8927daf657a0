import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, caretUpIcon } from '@jupyterlab/ui-components';
import { useVirtualizer } from '@tanstack/react-virtual';
import * as React from 'react';

export interface IColumn<T> {
  readonly id: string;
  readonly label: string;
  /** Width as a CSS grid track, for example `minmax(0, 1fr)` or `80px`. */
  readonly track: string;
  /** The column is left out where the list is narrower than this many pixels. */
  readonly hideBelow?: number;
  readonly align?: 'start' | 'end';
  readonly sortable?: boolean;
  render(row: T): React.ReactNode;
}

export interface ISort {
  readonly column: string;
  readonly descending: boolean;
}

export interface IListingProps<T> {
  /** What is listed; read out by screen readers. */
  label: string;
  rows: readonly T[];
  columns: readonly IColumn<T>[];
  /** Unique among the rows. */
  keyOf(row: T): string;
  /** The words that typing jumps to; also the tooltip of the row. */
  nameOf(row: T): string;
  /** Attributes `data-…` of a row, for the selectors of context menus. */
  dataOf?(row: T): Record<string, string>;
  selected: ReadonlySet<string>;
  onSelect(selected: ReadonlySet<string>): void;
  onOpen(row: T): void;
  /** Backspace. */
  onBack?(): void;
  /** Delete, with at least one row selected. */
  onDelete?(): void;
  sort?: ISort | null;
  onSort?(column: string): void;
  /** Called when the end of the list comes near. Leave it out where there is no more, or while it is under way. */
  onMore?(): void;
  /** A change of it scrolls to the top: the list shows another place. */
  place?: string;
  /** Shown instead of rows where there are none: loading, empty, failed. */
  placeholder?: React.ReactNode;
  /** Shown below the rows. */
  footer?: React.ReactNode;
  /** Pixels. */
  rowHeight?: number;
  trans: TranslationBundle;
}

/** The row that the keyboard acts on; without a key, the one at the index, whichever it is. */
interface IActive {
  readonly index: number;
  readonly key: string | null;
}

const FIRST: IActive = { index: 0, key: null };
const ROW_HEIGHT = 24;
const HEADER_HEIGHT = 24;
/** Rows ahead of the visible end at which the next page is asked for. */
const MORE_AHEAD = 100;
/** Letters typed within this many milliseconds belong to one word. */
const TYPING_PAUSE = 800;

/**
 * A list of any length with the file browser's keyboard: arrows, Home, End, page keys, Shift and Ctrl for several rows,
 * Ctrl+A, Enter, Backspace, Delete, and typing a name. Only the visible rows are in the page.
 */
export function Listing<T>(props: IListingProps<T>): React.ReactElement {
  const { rows, keyOf, selected, trans, place } = props;
  const rowHeight = props.rowHeight ?? ROW_HEIGHT;
  const id = React.useId();
  const grid = React.useRef<HTMLDivElement>(null);
  const width = useWidth(grid);
  const columns = props.columns.filter(each => width === 0 || width >= (each.hideBelow ?? 0));
  const tracks = columns.map(each => each.track).join(' ');

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => grid.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: HEADER_HEIGHT,
    scrollPaddingStart: HEADER_HEIGHT
  });
  const visible = virtualizer.getVirtualItems();

  const [active, setActive] = React.useState<IActive>(FIRST);
  const anchor = React.useRef<IActive>(FIRST);
  const typed = React.useRef({ word: '', at: 0 });
  const current = indexOf(active, rows, keyOf);

  React.useEffect(() => {
    setActive(FIRST);
    anchor.current = FIRST;
    grid.current?.scrollTo({ top: 0 });
  }, [place]);

  const last = visible.length > 0 ? visible[visible.length - 1].index : -1;
  const { onMore } = props;
  React.useEffect(() => {
    if (onMore && rows.length > 0 && last >= rows.length - MORE_AHEAD) {
      onMore();
    }
  }, [onMore, last, rows.length]);

  const at = (index: number): IActive => ({ index, key: keyOf(rows[index]) });

  const range = (from: number, to: number): Set<string> =>
    new Set(rows.slice(Math.min(from, to), Math.max(from, to) + 1).map(keyOf));

  const toggled = (index: number): Set<string> => {
    const key = keyOf(rows[index]);
    const keys = new Set(selected);
    if (!keys.delete(key)) {
      keys.add(key);
    }
    return keys;
  };

  const moveTo = (index: number, event: { shiftKey: boolean; accel: boolean }): void => {
    const target = Math.max(0, Math.min(rows.length - 1, index));
    if (event.shiftKey) {
      props.onSelect(range(indexOf(anchor.current, rows, keyOf), target));
    } else {
      anchor.current = at(target);
      if (!event.accel) {
        props.onSelect(range(target, target));
      }
    }
    setActive(at(target));
    virtualizer.scrollToIndex(target);
  };

  const typeAhead = (letter: string): void => {
    const now = Date.now();
    const word = (now - typed.current.at < TYPING_PAUSE ? typed.current.word : '') + letter;
    typed.current = { word, at: now };
    // One letter again and again walks through the rows that begin with it.
    const first = word.length === 1 ? current + 1 : current;
    for (let step = 0; step < rows.length; step += 1) {
      const index = (first + step) % rows.length;
      if (props.nameOf(rows[index]).toLowerCase().startsWith(word.toLowerCase())) {
        moveTo(index, { shiftKey: false, accel: false });
        return;
      }
    }
  };

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const accel = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor((grid.current?.clientHeight ?? 0) / rowHeight) - 2);
    const moves: Record<string, number> = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      Home: 0,
      End: rows.length - 1,
      PageDown: current + page,
      PageUp: current - page
    };
    if (event.altKey || event.target !== event.currentTarget) {
      return;
    }
    if (event.key === 'Backspace' && props.onBack) {
      props.onBack();
    } else if (rows.length === 0) {
      return;
    } else if (event.key in moves) {
      // The first arrow into an untouched list takes the first row, not the second.
      const untouched = event.key === 'ArrowDown' && current === 0 && selected.size === 0 && !accel;
      moveTo(untouched ? 0 : moves[event.key], { shiftKey: event.shiftKey, accel });
    } else if (event.key === 'Enter') {
      props.onOpen(rows[current]);
    } else if (event.key === ' ') {
      props.onSelect(toggled(current));
    } else if (event.key === 'Delete' && props.onDelete && selected.size > 0) {
      props.onDelete();
    } else if (event.key === 'Escape' && selected.size > 0) {
      props.onSelect(new Set());
    } else if (accel && event.key.toLowerCase() === 'a') {
      props.onSelect(range(0, rows.length - 1));
    } else if (!accel && event.key.length === 1) {
      typeAhead(event.key);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const onClick = (index: number, event: React.MouseEvent): void => {
    if (event.shiftKey) {
      props.onSelect(range(indexOf(anchor.current, rows, keyOf), index));
    } else {
      anchor.current = at(index);
      props.onSelect(event.ctrlKey || event.metaKey ? toggled(index) : range(index, index));
    }
    setActive(at(index));
  };

  const onContextMenu = (index: number): void => {
    if (!selected.has(keyOf(rows[index]))) {
      anchor.current = at(index);
      props.onSelect(range(index, index));
    }
    setActive(at(index));
  };

  /** The menu key opens the menu of the list; hand it to the active row, to which menus belong. */
  const onMenuKey = (event: React.MouseEvent): void => {
    const row = document.getElementById(rowId(id, current));
    if (event.target !== grid.current || event.button === 2 || !row) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const { left, bottom } = row.getBoundingClientRect();
    row.dispatchEvent(
      new MouseEvent('contextmenu', {
        bubbles: true,
        cancelable: true,
        clientX: left + 24,
        clientY: bottom,
        button: 2
      })
    );
  };

  return (
    <div className="jp-smext-Listing">
      <div
        ref={grid}
        className="jp-smext-Listing-grid"
        role="grid"
        tabIndex={0}
        aria-label={props.label}
        aria-multiselectable="true"
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length}
        aria-activedescendant={
          visible.some(each => each.index === current) ? rowId(id, current) : undefined
        }
        onKeyDown={onKeyDown}
        onContextMenu={onMenuKey}
        hidden={rows.length === 0 && !props.placeholder}
        data-empty={rows.length === 0 || undefined}
      >
        <div
          className="jp-smext-Listing-header"
          role="row"
          aria-rowindex={1}
          style={{ gridTemplateColumns: tracks, height: HEADER_HEIGHT }}
        >
          {columns.map(column => (
            <ColumnHeader
              key={column.id}
              column={column}
              sort={props.sort?.column === column.id ? props.sort : null}
              onSort={column.sortable ? props.onSort : undefined}
            />
          ))}
        </div>
        <div
          className="jp-smext-Listing-rows"
          role="rowgroup"
          style={{ height: virtualizer.getTotalSize() }}
        >
          {visible.map(({ index, start }) => {
            const row = rows[index];
            const isSelected = selected.has(keyOf(row));
            return (
              <div
                key={keyOf(row)}
                id={rowId(id, index)}
                className="jp-smext-Listing-row"
                role="row"
                aria-rowindex={index + 2}
                aria-selected={isSelected}
                data-active={index === current || undefined}
                title={props.nameOf(row)}
                style={{
                  gridTemplateColumns: tracks,
                  height: rowHeight,
                  transform: `translateY(${start - HEADER_HEIGHT}px)`
                }}
                onClick={event => onClick(index, event)}
                onDoubleClick={() => props.onOpen(row)}
                onContextMenu={() => onContextMenu(index)}
                {...dataAttributes(props.dataOf?.(row))}
              >
                {columns.map(column => (
                  <div
                    key={column.id}
                    className="jp-smext-Listing-cell"
                    role="gridcell"
                    data-column={column.id}
                    data-align={column.align}
                  >
                    {column.render(row)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
      {rows.length === 0 && props.placeholder}
      {props.footer && <div className="jp-smext-Listing-footer">{props.footer}</div>}
      <span className="jp-smext-Hidden" role="status">
        {selected.size > 1 ? trans._n('%1 selected', '%1 selected', selected.size) : ''}
      </span>
    </div>
  );
}

function ColumnHeader<T>(props: {
  column: IColumn<T>;
  sort: ISort | null;
  onSort?: (column: string) => void;
}): React.ReactElement {
  const { column, sort, onSort } = props;
  const Caret = sort?.descending ? caretDownIcon : caretUpIcon;
  return (
    <div
      className="jp-smext-Listing-columnHeader"
      role="columnheader"
      data-align={column.align}
      aria-sort={sort ? (sort.descending ? 'descending' : 'ascending') : undefined}
    >
      {onSort ? (
        <button type="button" onClick={() => onSort(column.id)}>
          <span>{column.label}</span>
          {sort && <Caret.react tag="span" aria-hidden="true" />}
        </button>
      ) : (
        <span>{column.label}</span>
      )}
    </div>
  );
}

/** Where the active row is now: rows that come and go above it must not hand the keyboard to another one. */
function indexOf<T>(active: IActive, rows: readonly T[], keyOf: (row: T) => string): number {
  const { index, key } = active;
  if (key === null || (index in rows && keyOf(rows[index]) === key)) {
    return Math.min(index, rows.length - 1);
  }
  const found = rows.findIndex(row => keyOf(row) === key);
  return found >= 0 ? found : Math.min(index, rows.length - 1);
}

function rowId(list: string, index: number): string {
  return `${list}row${index}`;
}

function dataAttributes(data: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data ?? {}).map(([name, value]) => [`data-${name}`, value])
  );
}

/** The width of an element in pixels; 0 until it is laid out. */
function useWidth(element: React.RefObject<HTMLElement>): number {
  const [width, setWidth] = React.useState(0);
  React.useLayoutEffect(() => {
    const node = element.current;
    if (!node) {
      return;
    }
    const observer = new ResizeObserver(() => setWidth(node.clientWidth));
    observer.observe(node);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
