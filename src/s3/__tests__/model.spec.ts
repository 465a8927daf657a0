import { SmextError } from '../../api/client';
import type { ObjectPage } from '../../api/types';
import { S3BrowserModel } from '../model';
import { PlacesModel } from '../places/model';
import type { PlacesService } from '../places/service';
import type { S3Service } from '../service';

type Query = Parameters<S3Service['list']>[0];

function page(prefix: string, names: string[], next: string | null = null): ObjectPage {
  return {
    bucket: 'b',
    prefix,
    prefixes: names.filter(each => each.endsWith('/')).map(each => prefix + each),
    objects: names
      .filter(each => !each.endsWith('/'))
      .map((name, index) => ({
        key: prefix + name,
        size: (index * 7) % 5,
        last_modified: `2026-01-0${index + 1}T00:00:00Z`,
        storage_class: 'STANDARD',
        etag: null
      })),
    continuation_token: next
  };
}

/** A model on a service that answers with what `answer` makes of a query. */
function modelOn(answer: (query: Query) => ObjectPage | Promise<ObjectPage>): {
  model: S3BrowserModel;
  queries: Query[];
} {
  const queries: Query[] = [];
  const service = {
    list: async (query: Query) => {
      queries.push(query);
      return answer(query);
    },
    buckets: async () => ({ buckets: [], continuation_token: null })
  } as unknown as S3Service;
  const places = new PlacesModel({} as PlacesService);
  return { model: new S3BrowserModel(service, places), queries };
}

const names = (model: S3BrowserModel): string[] => model.entries.map(each => each.name);

describe('S3BrowserModel', () => {
  it('asks once for the first page, and for the next only when told', async () => {
    const { model, queries } = modelOn(query =>
      query.continuation_token ? page('', ['c']) : page('', ['a', 'b'], 'next')
    );
    await model.open({ bucket: 'b', prefix: '' });
    expect(queries).toHaveLength(1);
    expect(model.hasMore).toBe(true);
    await model.loadMore();
    expect(names(model)).toEqual(['a', 'b', 'c']);
    expect(model.hasMore).toBe(false);
    await model.loadMore();
    expect(queries).toHaveLength(2);
  });

  it('asks for few rows first, then for as many again as are there, up to ten thousand', async () => {
    const { model, queries } = modelOn(({ max_keys }) =>
      page(
        '',
        Array.from({ length: max_keys! }, (_, index) => `${index}/`),
        'next'
      )
    );
    await model.open({ bucket: 'b', prefix: '' });
    for (let pages = 0; pages < 6; pages++) {
      await model.loadMore();
    }
    expect(queries.map(each => each.max_keys)).toEqual([
      1000, 1000, 2000, 4000, 8000, 10_000, 10_000
    ]);
  });

  it('does not show the answer of a place that was left', async () => {
    const answers = new Map<string, (page: ObjectPage) => void>();
    const { model } = modelOn(
      ({ prefix }) => new Promise<ObjectPage>(resolve => answers.set(prefix, resolve))
    );
    const slow = model.open({ bucket: 'b', prefix: 'slow/' });
    const quick = model.open({ bucket: 'b', prefix: 'quick/' });
    answers.get('quick/')!(page('quick/', ['q']));
    answers.get('slow/')!(page('slow/', ['s']));
    await Promise.all([slow, quick]);
    expect(names(model)).toEqual(['q']);
  });

  it('keeps its rows when the next page fails, and can try again', async () => {
    let fails = true;
    const { model } = modelOn(query => {
      if (!query.continuation_token) {
        return page('', ['a'], 'next');
      }
      if (fails) {
        throw new SmextError({ code: 'Throttled', message: 'Slow down', retryable: true }, 429);
      }
      return page('', ['b']);
    });
    await model.open({ bucket: 'b', prefix: '' });
    await model.loadMore();
    expect(names(model)).toEqual(['a']);
    expect(model.moreError?.envelope.code).toBe('Throttled');
    fails = false;
    await model.loadMore();
    expect(names(model)).toEqual(['a', 'b']);
    expect(model.moreError).toBeNull();
  });

  it('says why a place cannot be listed', async () => {
    const { model } = modelOn(() => {
      throw new SmextError({ code: 'AccessDenied', message: 'no', retryable: false }, 403);
    });
    await model.open({ bucket: 'b', prefix: '' });
    expect(model.error?.envelope.code).toBe('AccessDenied');
    expect(model.loading).toBe(false);
  });

  it('sieves loaded rows by any part of a name when all are loaded', async () => {
    const { model, queries } = modelOn(() => page('', ['train.csv', 'test.csv', 'readme.md']));
    await model.open({ bucket: 'b', prefix: '' });
    model.setFilter('CSV');
    expect(names(model)).toEqual(['train.csv', 'test.csv']);
    expect(queries).toHaveLength(1);
  });

  it('asks S3 for the beginning of names when not all are loaded', async () => {
    jest.useFakeTimers();
    const { model, queries } = modelOn(({ prefix }) =>
      prefix === 'd/' ? page('d/', ['a', 'b'], 'next') : page('d/', ['zz'])
    );
    await model.open({ bucket: 'b', prefix: 'd/' });
    model.setFilter('z');
    model.setFilter('zz');
    await jest.runAllTimersAsync();
    jest.useRealTimers();
    expect(queries.map(each => each.prefix)).toEqual(['d/', 'd/zz']);
    expect(names(model)).toEqual(['zz']);
    // Still the beginning is meant, though the answer is complete.
    expect(model.filtersOnServer).toBe(true);
  });

  it('leaves out the empty object that stands for the folder itself', async () => {
    const { model } = modelOn(() => page('d/', ['']));
    await model.open({ bucket: 'b', prefix: 'd/' });
    expect(model.entries).toEqual([]);
  });

  it('sorts with folders first, and back to the order of S3', async () => {
    const { model } = modelOn(() => page('', ['z/', 'a', 'b', 'c']));
    await model.open({ bucket: 'b', prefix: '' });
    const sizes = (): number[] =>
      model.entries.flatMap(each => (each.kind === 'object' ? [each.size] : []));
    expect(sizes()).toEqual([0, 2, 4]);
    model.toggleSort('size');
    model.toggleSort('size');
    expect(sizes()).toEqual([4, 2, 0]);
    expect(model.entries[0].kind).toBe('prefix');
    model.toggleSort('size');
    expect(model.sort).toBeNull();
    expect(names(model)).toEqual(['z', 'a', 'b', 'c']);
  });

  it('goes back and forward, and selects the folder that was left on the way up', async () => {
    const { model } = modelOn(({ prefix }) => page(prefix, ['x/', 'y']));
    await model.open({ bucket: 'b', prefix: '' });
    await model.open({ bucket: 'b', prefix: 'x/' });
    await model.up();
    expect(model.selected.map(each => each.key)).toEqual(['x/']);
    await model.back();
    expect(model.location?.prefix).toBe('x/');
    await model.back();
    expect(model.canGoBack).toBe(false);
    await model.forward();
    expect(model.location?.prefix).toBe('x/');
  });

  it('opens an object by its address: the folder, with the object selected', async () => {
    const { model } = modelOn(({ prefix, max_keys }) =>
      max_keys === 2 ? page('', [prefix]) : page(prefix, ['f.csv', 'g.csv'])
    );
    await model.openText('s3://b/d/g.csv');
    expect(model.location?.prefix).toBe('d/');
    expect(model.selected.map(each => each.key)).toEqual(['d/g.csv']);
    await expect(model.openText('https://example.com')).rejects.toThrow(/names no place/);
  });

  it('loads as many rows again as there were', async () => {
    const { model, queries } = modelOn(query =>
      query.continuation_token ? page('', ['c']) : page('', ['a', 'b'], 'next')
    );
    await model.open({ bucket: 'b', prefix: '' });
    await model.loadMore();
    model.select(new Set(['object:c']));
    await model.refresh();
    expect(queries).toHaveLength(4);
    expect(names(model)).toEqual(['a', 'b', 'c']);
    expect(model.selected).toHaveLength(1);
  });
});
