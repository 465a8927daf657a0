import { type ISignal, Signal } from '@lumino/signaling';
import type { JSONSchema7 } from 'json-schema';
import { SmextError } from '../../api/client';
import type { PreflightFinding, Task } from '../../api/types';
import type { ISmext, ITasks } from '../../tokens';
import type { ITextSource } from '../model';
import type { EstimatorsService, SpecKind } from '../service';
import { EstimatorSession } from '../session';

class Text implements ITextSource {
  constructor(public text: string) {}
  private readonly _changed = new Signal<this, void>(this);

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  replace(text: string): void {
    this.text = text;
    this._changed.emit();
  }
}

function finding(level: PreflightFinding['level']): PreflightFinding {
  return { code: 'Code', level, path: 'spec', message: 'm', fix: null, patch: null };
}

/** A session whose preflight finds this, with a record of what it did. */
async function sessionWith(found: PreflightFinding[] | SmextError) {
  const did: string[] = [];
  const schemas: Record<SpecKind, JSONSchema7> = {
    TrainingJob: { type: 'object', properties: { spec: { type: 'object' } } },
    HyperParameterTuningJob: { type: 'object', properties: { tuning: { type: 'object' } } }
  };
  let launched: string | null = null;
  const service = {
    schema: async (kind: SpecKind) => schemas[kind],
    catalog: async () => ({}),
    parse: async () => ({ spec: {}, resolved: {}, problems: [], origins: {} }),
    price: async () => null,
    preflight: async () => {
      did.push('preflight');
      if (found instanceof SmextError) {
        throw found;
      }
      return { findings: found, price: null, seconds: 0 };
    },
    launchToken: async (_document: string, replace: string | null) => ({
      token: replace ? 'second' : 'first',
      training_job_name: replace ? null : launched
    }),
    launch: async (_spec: unknown, _document: string, token: string) => {
      did.push(`launch ${token}`);
      launched = `job-${token}`;
      return { state: 'succeeded', result: { training_job_name: launched } } as unknown as Task;
    }
  } as unknown as EstimatorsService;
  const owner = {} as ITasks;
  const tasks = {
    tasks: [],
    changed: new Signal<ITasks, void>(owner),
    finished: new Signal<ITasks, Task>(owner)
  } as unknown as ITasks;
  const source = new Text('kind: TrainingJob\nspec: {}\n');
  const document = {
    source,
    path: 'a.sagemaker.yaml',
    save: async () => void did.push('save')
  };
  const smext = { ready: Promise.resolve() } as unknown as ISmext;
  const session = new EstimatorSession({ document, service, smext, tasks });
  // The check of the text waits for a pause in typing.
  while (!session.canLaunch) {
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  return { session, source, did };
}

describe('EstimatorSession', () => {
  it('saves, checks and launches, in this order', async () => {
    const { session, did } = await sessionWith([finding('unknown')]);
    await session.launchFirst();
    expect(did).toEqual(['save', 'preflight', 'launch first']);
    expect(session.launch.jobName).toBe('job-first');
    session.dispose();
  });

  it.each(['error', 'warning'] as const)('holds a launch back for one %s', async level => {
    const { session, did } = await sessionWith([finding('unknown'), finding(level)]);
    await session.launchFirst();
    expect(did).toEqual(['save', 'preflight']);
    expect(session.preflight.holdsBack).toBe(true);
    expect(session.launch.busy).toBe(false);

    await session.launchAnyway();
    expect(did).toEqual(['save', 'preflight', 'save', 'launch first']);
    session.dispose();
  });

  it('launches anyway what was to be launched again, and no second time by itself', async () => {
    const { session, did } = await sessionWith([finding('error')]);
    await session.launchAnyway();
    await session.launchAgain();
    await session.launchAnyway();
    expect(did.filter(each => each.startsWith('launch'))).toEqual([
      'launch first',
      'launch second'
    ]);
    session.dispose();
  });

  it('does not keep from launching because it cannot look', async () => {
    const { session, did } = await sessionWith(
      new SmextError({ code: 'Timeout', message: 'slow', retryable: true }, 504)
    );
    await session.launchFirst();
    expect(did).toContain('launch first');
    expect(session.preflight.error?.envelope.code).toBe('Timeout');
    session.dispose();
  });

  it('forgets what was found when the text changes, and takes the schema of another kind', async () => {
    const { session, source } = await sessionWith([finding('error')]);
    await session.check();
    expect(session.preflight.result).not.toBeNull();
    source.replace('kind: HyperParameterTuningJob\nspec: {}\n');
    expect(session.preflight.result).toBeNull();
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(session.kind).toBe('HyperParameterTuningJob');
    expect(session.model?.schema.members.map(member => member.key)).toEqual(['tuning']);
    session.dispose();
  });
});
