import { Signal } from '@lumino/signaling';
import type { StudioApp } from '../../api/types';
import type { ISmext, IStudioEvent } from '../../tokens';
import { RunningAppsModel } from '../runningApps';
import type { StudioService } from '../service';

function app(space_name: string | null, status: string): StudioApp {
  return {
    domain_id: 'd-1',
    space_name,
    app_type: 'JupyterLab',
    app_name: 'default',
    status
  } as StudioApp;
}

async function modelWith(apps: StudioApp[], next_token: string | null = null) {
  const server = { apps };
  const studio = new Signal<object, IStudioEvent>({});
  const service = { existingApps: async () => ({ apps: server.apps, next_token }) };
  const smext = { ready: Promise.resolve(), events: { studio } } as unknown as ISmext;
  const model = new RunningAppsModel(service as unknown as StudioService, {
    smext,
    isWatched: () => false
  });
  const settled: string[] = [];
  model.settled.connect((_, each) => settled.push(`${each.space_name} ${each.status}`));
  await model.refresh();
  return { model, server, settled };
}

describe('RunningAppsModel', () => {
  it('counts spaces that run, and no app of Studio Classic', async () => {
    const { model } = await modelWith([
      app('a', 'InService'),
      app('b', 'Pending'),
      app('c', 'Failed'),
      app(null, 'InService')
    ]);
    expect(model.countOf(model.rows)).toBe(1);
    model.dispose();
  });

  it('counts nothing where there is more than was looked at', async () => {
    const { model } = await modelWith([app('a', 'InService')], 'more');
    expect(model.countOf(model.rows)).toBeNull();
    model.dispose();
  });

  it('tells once that a space started, failed or stopped', async () => {
    const { model, server, settled } = await modelWith([
      app('a', 'Pending'),
      app('b', 'Deleting'),
      app('c', 'Pending'),
      app('d', 'InService')
    ]);
    server.apps = [app('a', 'InService'), app('c', 'Failed')];
    await model.refresh();
    await model.refresh();
    expect(settled).toEqual(['a InService', 'c Failed', 'b Deleted']);
    expect(model.rows.map(each => each.space_name)).toEqual(['a', 'c']);
    model.dispose();
  });
});
