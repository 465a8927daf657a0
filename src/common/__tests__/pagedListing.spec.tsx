import { nullTranslator } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import { act, fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import { SmextError } from '../../api/client';
import type { ISmext } from '../../tokens';
import { type IPage, PagedList } from '../pagedList';
import { PagedListing } from '../pagedListing';

const trans = nullTranslator.load('jupyter_smext');
const DENIED = new SmextError(
  { code: 'AccessDenied', message: 'not permitted', retryable: false },
  403
);

// jsdom lays nothing out; the list needs a height to know what is visible.
beforeAll(() => {
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', { value: 400 });
  HTMLElement.prototype.scrollTo = jest.fn();
  globalThis.ResizeObserver = class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  };
});

class Names extends PagedList<string> {
  constructor(readonly pages: Record<string, IPage<string> | SmextError>) {
    super({
      name: 'test',
      smext: { ready: Promise.resolve() } as ISmext,
      isWatched: () => false
    });
  }

  readonly asked: string[] = [];

  keyOf(row: string): string {
    return row;
  }

  protected isBusy(): boolean {
    return false;
  }

  protected async readPage(token: string | null): Promise<IPage<string>> {
    this.asked.push(token ?? 'first');
    const page = this.pages[token ?? 'first'];
    if (page instanceof SmextError) {
      throw page;
    }
    return page;
  }

  protected async readRow(row: string): Promise<string> {
    return row;
  }
}

async function shown(model: Names): Promise<void> {
  render(
    <UseSignal signal={model.changed}>
      {() => (
        <PagedListing
          label="Names"
          model={model}
          columns={[{ id: 'name', label: 'Name', track: '1fr', render: row => row }]}
          nameOf={row => row}
          selected={new Set()}
          onSelect={() => undefined}
          onOpen={() => undefined}
          empty="nothing there"
          trans={trans}
        />
      )}
    </UseSignal>
  );
  await act(() => model.refresh());
}

it('asks once for a page that fails, and again when told to', async () => {
  const pages: Record<string, IPage<string> | SmextError> = {
    first: { rows: ['a'], nextToken: '2' },
    '2': DENIED
  };
  const model = new Names(pages);
  await shown(model);
  expect(model.asked).toEqual(['first', '2']);
  expect(screen.getByRole('alert').textContent).toContain('not permitted');
  expect(model.rows).toEqual(['a']);

  pages['2'] = { rows: ['b'], nextToken: null };
  await act(async () => void fireEvent.click(screen.getByText('Try again')));
  expect(model.asked).toEqual(['first', '2', '2']);
  expect(model.rows).toEqual(['a', 'b']);
  expect(screen.queryByRole('alert')).toBeNull();
});

it('says that there is nothing only once AWS has said so', async () => {
  const pages: Record<string, IPage<string> | SmextError> = { first: DENIED };
  const model = new Names(pages);
  await shown(model);
  expect(screen.getByRole('alert').textContent).toContain('not permitted');
  expect(screen.queryByText('nothing there')).toBeNull();
  pages.first = { rows: [], nextToken: null };
  await act(() => model.refresh());
  expect(screen.getByText('nothing there')).toBeTruthy();
});

it('keeps the rows below the reason why they are not the newest', async () => {
  const pages: Record<string, IPage<string> | SmextError> = {
    first: { rows: ['a'], nextToken: null }
  };
  const model = new Names(pages);
  await shown(model);
  pages.first = DENIED;
  await act(() => model.refresh());
  expect(screen.getByRole('alert').textContent).toContain('not permitted');
  expect(screen.getByText('a')).toBeTruthy();
});
