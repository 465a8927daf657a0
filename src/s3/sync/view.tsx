import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { SyncDirection } from '../../api/types';
import { Button } from '../../common/button';
import { ErrorView } from '../../common/errorView';
import { formatNumber, formatSize } from '../../common/format';
import { type IColumn, Listing } from '../../common/listing';
import { EmptyView } from '../../common/stateView';
import { RunningTask } from '../../tasks/runningTask';
import { useTask } from '../../tasks/useTask';
import type { ITasks } from '../../tokens';
import { type ILocation, uriOf } from '../location';
import type { ISyncAction, ISyncPlan, ITransferResult } from '../results';
import { TransferReport } from '../transferReport';
import type { SyncService } from './service';

export interface ISyncViewProps {
  location: ILocation;
  /** The folder to begin with, relative to the server's root. */
  folder: string;
  service: SyncService;
  tasks: ITasks;
  /** Files here, or objects there, are not what they were. */
  onChanged(): void;
  trans: TranslationBundle;
}

/** Make a folder in S3 like one of the server, or the other way round: first the plan, then the work. */
export function SyncView(props: ISyncViewProps): React.ReactElement {
  const { location, service, tasks, trans, onChanged } = props;
  const [path, setPath] = React.useState(props.folder);
  const [direction, setDirection] = React.useState<SyncDirection>('up');
  const [deletes, setDeletes] = React.useState(false);
  const [checksum, setChecksum] = React.useState(false);
  const [exclude, setExclude] = React.useState('');
  const plan = useTask<ISyncPlan>(tasks);
  const work = useTask<ITransferResult>(tasks, true);
  const uri = uriOf(location);

  const done = work.run.state === 'done';
  React.useEffect(() => {
    if (done) {
      onChanged();
    }
  }, [done, onChanged]);

  /** A plan holds for what it was made for. */
  const change = (apply: () => void): void => {
    apply();
    plan.reset();
    work.reset();
  };

  const compare = (): void => {
    work.reset();
    void plan.start(() =>
      service.plan({
        path,
        bucket: location.bucket,
        prefix: location.prefix,
        direction,
        delete: deletes,
        checksum,
        exclude: exclude
          .split(',')
          .map(each => each.trim())
          .filter(each => each)
      })
    );
  };

  return (
    <div className="jp-smext-Sync">
      <form
        onSubmit={event => {
          event.preventDefault();
          compare();
        }}
      >
        <fieldset>
          <legend>{trans.__('Make')}</legend>
          <label>
            <input
              type="radio"
              name="direction"
              checked={direction === 'up'}
              onChange={() => change(() => setDirection('up'))}
            />
            {trans.__('%1 like the folder below', uri)}
          </label>
          <label>
            <input
              type="radio"
              name="direction"
              checked={direction === 'down'}
              onChange={() => change(() => setDirection('down'))}
            />
            {trans.__('the folder below like %1', uri)}
          </label>
        </fieldset>
        <label className="jp-smext-Sync-field">
          {trans.__('Folder in the file browser')}
          <input
            type="text"
            className="jp-mod-styled"
            spellCheck={false}
            placeholder={trans.__('the root folder')}
            value={path}
            onChange={event => change(() => setPath(event.target.value))}
          />
        </label>
        <label className="jp-smext-Sync-field">
          {trans.__('Leave out')}
          <input
            type="text"
            className="jp-mod-styled"
            spellCheck={false}
            placeholder={trans.__('for example *.tmp, .git/**')}
            value={exclude}
            onChange={event => change(() => setExclude(event.target.value))}
          />
        </label>
        <label>
          <input
            type="checkbox"
            checked={checksum}
            onChange={event => change(() => setChecksum(event.target.checked))}
          />
          {trans.__('Compare contents, not only size and time')}
        </label>
        <label>
          <input
            type="checkbox"
            checked={deletes}
            onChange={event => change(() => setDeletes(event.target.checked))}
          />
          {direction === 'up'
            ? trans.__('Delete in S3 what the folder has not')
            : trans.__('Delete in the folder what S3 has not')}
        </label>
        <button type="submit" className="jp-Button jp-mod-styled jp-mod-accept jp-smext-Button">
          {trans.__('Compare')}
        </button>
      </form>
      {plan.run.state === 'failed' && (
        <ErrorView error={plan.run.error} onRetry={compare} trans={trans} />
      )}
      {plan.run.state === 'running' && <RunningTask id={plan.run.id} tasks={tasks} trans={trans} />}
      {plan.run.state === 'done' && (
        <Plan
          plan={plan.run.result}
          canApply={work.run.state === 'idle'}
          onApply={apply(plan.run.id)}
          trans={trans}
        />
      )}
      {work.run.state === 'running' && <RunningTask id={work.run.id} tasks={tasks} trans={trans} />}
      {work.run.state === 'failed' && <ErrorView error={work.run.error} trans={trans} />}
      {work.run.state === 'done' && <TransferReport result={work.run.result} trans={trans} />}
    </div>
  );

  function apply(id: string): () => void {
    return () => void work.start(() => service.apply(id));
  }
}

function Plan(props: {
  plan: ISyncPlan;
  canApply: boolean;
  onApply(): void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { plan, trans } = props;
  const [selected, setSelected] = React.useState<ReadonlySet<string>>(new Set());
  const count = plan.copies + plan.deletes;
  const facts = [
    trans.__('%1 to copy, %2', formatNumber(plan.copies), formatSize(plan.copy_bytes)),
    trans.__('%1 to delete', formatNumber(plan.deletes)),
    trans.__('%1 alike', formatNumber(plan.unchanged))
  ];
  if (plan.impossible > 0) {
    facts.push(trans.__('%1 cannot be files and are left out', formatNumber(plan.impossible)));
  }
  return (
    <>
      <div className="jp-smext-Sync-plan">
        <strong>{facts.join(' · ')}</strong>
        {count > 0 && (
          <Button
            label={plan.deletes > 0 ? trans.__('Copy and delete') : trans.__('Copy')}
            primary
            disabled={!props.canApply}
            onClick={props.onApply}
          />
        )}
      </div>
      <Listing
        label={trans.__('What will be done')}
        rows={plan.actions}
        columns={columns(trans)}
        keyOf={action => action.name}
        nameOf={action => action.name}
        selected={selected}
        onSelect={setSelected}
        onOpen={() => undefined}
        placeholder={<EmptyView title={trans.__('There is nothing to do: both are alike')} />}
        footer={
          count > plan.actions.length
            ? trans.__(
                'The first %1 of %2 are listed; all are carried out.',
                formatNumber(plan.actions.length),
                formatNumber(count)
              )
            : undefined
        }
        trans={trans}
      />
    </>
  );
}

function columns(trans: TranslationBundle): IColumn<ISyncAction>[] {
  return [
    {
      id: 'step',
      label: trans.__('What'),
      track: '80px',
      render: ({ step }) => (step === 'copy' ? trans.__('copy') : trans.__('delete'))
    },
    {
      id: 'name',
      label: trans.__('Name'),
      track: 'minmax(0, 1fr)',
      render: ({ name }) => <bdi className="jp-smext-S3-name">{name}</bdi>
    },
    {
      id: 'reason',
      label: trans.__('Why'),
      track: '150px',
      hideBelow: 420,
      render: ({ reason }) => reasonWords(reason, trans)
    },
    {
      id: 'size',
      label: trans.__('Size'),
      track: '90px',
      align: 'end',
      render: ({ size }) => formatSize(size)
    }
  ];
}

function reasonWords(reason: ISyncAction['reason'], trans: TranslationBundle): string {
  switch (reason) {
    case 'new':
      return trans.__('new');
    case 'size differs':
      return trans.__('size differs');
    case 'source is newer':
      return trans.__('source is newer');
    case 'content differs':
      return trans.__('content differs');
    case 'not in source':
      return trans.__('not in the source');
  }
}
