import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import { Listing } from '../listing';

const trans = nullTranslator.load('jupyter_smext');
const ROWS = ['alpha', 'beta', 'bravo', 'charlie', 'delta'];

// jsdom lays nothing out; the list needs a height to know what is visible.
beforeAll(() => {
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', { value: 400 });
  Object.defineProperty(HTMLElement.prototype, 'clientWidth', { value: 300 });
  HTMLElement.prototype.scrollTo = jest.fn();
  globalThis.ResizeObserver = class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  };
});

const onOpen = jest.fn();
const onBack = jest.fn();
const onDelete = jest.fn();
const onMore = jest.fn();

function Example(props: { rows?: string[] }): React.ReactElement {
  const [selected, setSelected] = React.useState<ReadonlySet<string>>(new Set());
  return (
    <Listing
      label="Rows"
      rows={props.rows ?? ROWS}
      columns={[{ id: 'name', label: 'Name', track: '1fr', render: (row: string) => row }]}
      keyOf={row => row}
      nameOf={row => row}
      selected={selected}
      onSelect={setSelected}
      onOpen={onOpen}
      onBack={onBack}
      onDelete={onDelete}
      onMore={onMore}
      trans={trans}
    />
  );
}

const selected = (): (string | null)[] =>
  screen.queryAllByRole('row', { selected: true }).map(each => each.textContent);

function press(...keys: string[]): void {
  for (const each of keys) {
    const parts = each.split('+');
    fireEvent.keyDown(screen.getByRole('grid'), {
      key: parts[parts.length - 1],
      shiftKey: parts.includes('Shift'),
      ctrlKey: parts.includes('Control')
    });
  }
}

describe('Listing', () => {
  beforeEach(() => jest.clearAllMocks());

  it('moves with the arrows, from the first row on', () => {
    render(<Example />);
    press('ArrowDown');
    expect(selected()).toEqual(['alpha']);
    press('ArrowDown', 'ArrowDown', 'ArrowUp');
    expect(selected()).toEqual(['beta']);
    press('End');
    expect(selected()).toEqual(['delta']);
    press('ArrowDown');
    expect(selected()).toEqual(['delta']);
    press('Home');
    expect(selected()).toEqual(['alpha']);
  });

  it('selects a range with Shift, single rows with Ctrl and Space, all with Ctrl+A', () => {
    render(<Example />);
    press('ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowDown');
    expect(selected()).toEqual(['alpha', 'beta', 'bravo']);
    press('Shift+ArrowUp');
    expect(selected()).toEqual(['alpha', 'beta']);
    press('ArrowDown', 'Control+ArrowDown', 'Control+ArrowDown', ' ');
    expect(selected()).toEqual(['bravo', 'delta']);
    press('Control+a');
    expect(selected()).toHaveLength(5);
    press('Escape');
    expect(selected()).toEqual([]);
  });

  it('jumps to what is typed; one letter again goes on to the next', () => {
    render(<Example />);
    press('b');
    expect(selected()).toEqual(['beta']);
    press('r');
    expect(selected()).toEqual(['bravo']);
  });

  it('opens with Enter and a double click, goes back with Backspace, deletes what is selected', () => {
    render(<Example />);
    press('Delete');
    expect(onDelete).not.toHaveBeenCalled();
    press('ArrowDown', 'ArrowDown', 'Enter', 'Backspace', 'Delete');
    fireEvent.doubleClick(screen.getByText('delta'));
    expect(onOpen.mock.calls).toEqual([['beta'], ['delta']]);
    expect(onBack).toHaveBeenCalledTimes(1);
    expect(onDelete).toHaveBeenCalledTimes(1);
  });

  it('selects with clicks as the file browser does', () => {
    render(<Example />);
    fireEvent.click(screen.getByText('beta'));
    fireEvent.click(screen.getByText('charlie'), { shiftKey: true });
    expect(selected()).toEqual(['beta', 'bravo', 'charlie']);
    fireEvent.click(screen.getByText('bravo'), { ctrlKey: true });
    expect(selected()).toEqual(['beta', 'charlie']);
    fireEvent.contextMenu(screen.getByText('charlie'));
    expect(selected()).toEqual(['beta', 'charlie']);
    fireEvent.contextMenu(screen.getByText('alpha'));
    expect(selected()).toEqual(['alpha']);
  });

  it('stays on its row when rows come above it', () => {
    const { rerender } = render(<Example />);
    press('ArrowDown', 'ArrowDown');
    rerender(<Example rows={['aaa', ...ROWS]} />);
    press('Enter', 'Shift+ArrowDown');
    expect(onOpen.mock.calls).toEqual([['beta']]);
    expect(selected()).toEqual(['beta', 'bravo']);
  });

  it('keeps only what is visible in the page, and asks for more near the end', () => {
    const rows = Array.from({ length: 100_000 }, (_, index) => `row ${index}`);
    render(<Example rows={rows} />);
    expect(screen.getAllByRole('row').length).toBeLessThan(60);
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('100001');
    expect(onMore).not.toHaveBeenCalled();
    render(<Example rows={rows.slice(0, 50)} />);
    expect(onMore).toHaveBeenCalled();
  });
});
