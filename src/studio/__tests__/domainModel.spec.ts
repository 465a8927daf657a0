import { Signal } from '@lumino/signaling';
import type { ISmext, IStudioEvent } from '../../tokens';
import { DomainModel } from '../domainModel';
import type { StudioService } from '../service';

function made() {
  const sender = {};
  const studio = new Signal<object, IStudioEvent>(sender);
  const smext = {
    ready: Promise.resolve(),
    problem: null,
    problemChanged: new Signal<object, null>(sender),
    events: { studio }
  } as unknown as ISmext;
  const service = {
    describeDomain: jest.fn(async (domain_id: string) => ({ domain_id, status: 'InService' })),
    listSpaces: jest.fn(async () => ({ spaces: [], next_token: null, apps_unknown: null })),
    listProfiles: jest.fn(async () => ({ user_profiles: [], next_token: null })),
    listApps: jest.fn(async () => ({
      apps: [
        { space_name: 'a', app_type: 'JupyterLab', app_name: 'default', status: 'InService' },
        { space_name: 'b', app_type: 'JupyterLab', app_name: 'default', status: 'Deleted' }
      ],
      next_token: null
    }))
  };
  const model = new DomainModel(service as unknown as StudioService, smext, 'd-1');
  return { model, service, studio };
}

/** Whatever was started by now has had its turn. */
const settled = () => new Promise(done => setTimeout(done, 20));

describe('DomainModel', () => {
  it('asks for nothing before somebody looks, then only for the part that is shown', async () => {
    const { model, service } = made();
    await settled();
    expect(service.describeDomain).not.toHaveBeenCalled();
    model.active = true;
    await settled();
    expect(service.describeDomain).toHaveBeenCalled();
    expect(service.listSpaces).toHaveBeenCalled();
    expect(service.listProfiles).not.toHaveBeenCalled();
    model.part = 'profiles';
    await settled();
    expect(service.listProfiles).toHaveBeenCalled();
    expect(service.listApps).not.toHaveBeenCalled();
    model.dispose();
  });

  it('leaves out apps that are gone', async () => {
    const { model } = made();
    model.active = true;
    model.part = 'apps';
    await settled();
    expect(model.apps.rows.map(app => app.space_name)).toEqual(['a']);
    model.dispose();
  });

  it('looks again when something of this domain changed, not of another', async () => {
    const { model, service, studio } = made();
    model.active = true;
    await settled();
    const before = service.describeDomain.mock.calls.length;
    studio.emit({ kind: 'app', name: 'd-2/x/JupyterLab/default', status: 'InService' });
    await settled();
    expect(service.describeDomain).toHaveBeenCalledTimes(before);
    studio.emit({ kind: 'app', name: 'd-1/x/JupyterLab/default', status: 'InService' });
    await settled();
    expect(service.describeDomain).toHaveBeenCalledTimes(before + 1);
    model.dispose();
  });

  it('shows the spaces where a form is opened', () => {
    const { model } = made();
    model.part = 'settings';
    model.form = { kind: 'create' };
    expect(model.part).toBe('spaces');
    model.dispose();
  });
});
