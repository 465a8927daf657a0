import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Button } from '../../common/button';
import { ErrorView } from '../../common/errorView';
import {
  formatDollars,
  formatNumber,
  formatPercent,
  formatRelative,
  formatSize
} from '../../common/format';
import { RunningTask } from '../../tasks/runningTask';
import { useTask } from '../../tasks/useTask';
import type { ITasks } from '../../tokens';
import { parseLocation } from '../location';
import type { IDiskUsage, IOffloadPlan, ITransferResult } from '../results';
import { TransferReport } from '../transferReport';
import type { OffloadService } from './service';

const GIB = 2 ** 30;
const MIB = 2 ** 20;
const CLASSES = ['STANDARD', 'INTELLIGENT_TIERING', 'STANDARD_IA', 'GLACIER_IR'];
/** Folders and files that are shown at first. */
const SHOWN = 12;

export interface IOffloadViewProps {
  /** Where offloaded files go unless the person says otherwise. */
  target: string;
  service: OffloadService;
  tasks: ITasks;
  /** Files of the server are not what they were. */
  onChanged(): void;
  trans: TranslationBundle;
}

/** What fills the server's disk and what it costs; what is chosen moves to S3 and leaves a pointer. */
export function OffloadView(props: IOffloadViewProps): React.ReactElement {
  const { service, tasks, trans, onChanged } = props;
  const scan = useTask<IDiskUsage>(tasks);
  const [chosen, setChosen] = React.useState<ReadonlySet<string>>(new Set());
  const look = React.useCallback(
    () => void scan.start(() => service.scan('')),
    [scan.start, service]
  );

  const toggle = (path: string): void => {
    const paths = new Set(chosen);
    if (!paths.delete(path)) {
      paths.add(path);
    }
    setChosen(paths);
  };

  return (
    <div className="jp-smext-Offload">
      <header>
        <h2>{trans.__('Disk space of this server')}</h2>
        <p>
          {trans.__(
            'Files that are seldom used can lie in S3. Each leaves a small pointer in its place and comes back with one click.'
          )}
        </p>
        <Button
          label={
            scan.run.state === 'idle'
              ? trans.__('Look what fills the disk')
              : trans.__('Look again')
          }
          primary={scan.run.state === 'idle'}
          disabled={scan.run.state === 'running'}
          onClick={look}
        />
      </header>
      {scan.run.state === 'running' && <RunningTask id={scan.run.id} tasks={tasks} trans={trans} />}
      {scan.run.state === 'failed' && (
        <ErrorView error={scan.run.error} onRetry={look} trans={trans} />
      )}
      {scan.run.state === 'done' && (
        <>
          <Usage usage={scan.run.result} chosen={chosen} onToggle={toggle} trans={trans} />
          <Move
            {...props}
            paths={[...chosen]}
            onDone={() => {
              setChosen(new Set());
              onChanged();
            }}
          />
        </>
      )}
    </div>
  );
}

interface IRow {
  path: string;
  bytes: number;
  about: string;
}

function Usage(props: {
  usage: IDiskUsage;
  chosen: ReadonlySet<string>;
  onToggle(path: string): void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { usage, trans } = props;
  const cost = (price: number | null, bytes: number): string =>
    price === null ? trans.__('no price known') : formatDollars((price * bytes) / GIB);
  return (
    <>
      <p className="jp-smext-Usage-total">
        <strong>{formatSize(usage.bytes)}</strong>
        <span>{trans._n('%2 file', '%2 files', usage.files, formatNumber(usage.files))}</span>
        <span>{trans.__('here a month: %1', cost(usage.usd_here, usage.bytes))}</span>
        <span>{trans.__('in S3 Standard: %1', cost(usage.usd_in_s3, usage.bytes))}</span>
        {usage.offloaded > 0 && (
          <span>{trans.__('%1 files are in S3 already', formatNumber(usage.offloaded))}</span>
        )}
      </p>
      {usage.kind === 'space volume' && (
        <p>
          {trans.__(
            'This volume is billed by its size, whatever lies on it: what is saved here only counts once the space is made again with a smaller volume.'
          )}
        </p>
      )}
      <Rows
        title={trans.__('Largest folders')}
        rows={usage.folders
          .filter(each => each.path !== '' && each.path !== usage.path)
          .map(each => ({
            path: each.path,
            bytes: each.bytes,
            about: trans._n('%2 file', '%2 files', each.files, formatNumber(each.files))
          }))}
        total={usage.bytes}
        {...props}
      />
      <Rows
        title={trans.__('Largest files')}
        rows={usage.largest.map(each => ({
          path: each.path,
          bytes: each.bytes,
          about: formatRelative(each.modified)
        }))}
        total={usage.bytes}
        {...props}
      />
    </>
  );
}

function Rows(props: {
  title: string;
  rows: readonly IRow[];
  total: number;
  chosen: ReadonlySet<string>;
  onToggle(path: string): void;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { rows, total, chosen, trans } = props;
  const [all, setAll] = React.useState(false);
  if (rows.length === 0) {
    return null;
  }
  return (
    <section>
      <h3>{props.title}</h3>
      <ul className="jp-smext-Offload-rows">
        {(all ? rows : rows.slice(0, SHOWN)).map(({ path, bytes, about }) => {
          const share = total > 0 ? bytes / total : 0;
          // What lies in a chosen folder goes with it.
          const goes = [...chosen].some(each => path.startsWith(`${each}/`));
          return (
            <li key={path}>
              <div className="jp-smext-Usage-bar" style={{ width: `${share * 100}%` }} />
              <label title={path}>
                <input
                  type="checkbox"
                  checked={goes || chosen.has(path)}
                  disabled={goes}
                  onChange={() => props.onToggle(path)}
                />
                <bdi>{path}</bdi>
              </label>
              <span>{about}</span>
              <span>{formatPercent(share)}</span>
              <span>{formatSize(bytes)}</span>
            </li>
          );
        })}
      </ul>
      {!all && rows.length > SHOWN && (
        <button type="button" className="jp-smext-LinkButton" onClick={() => setAll(true)}>
          {trans.__('Show %1 more', formatNumber(rows.length - SHOWN))}
        </button>
      )}
    </section>
  );
}

function Move(
  props: IOffloadViewProps & { paths: readonly string[]; onDone(): void }
): React.ReactElement {
  const { paths, service, tasks, trans, onDone } = props;
  const [target, setTarget] = React.useState(props.target);
  const [storageClass, setStorageClass] = React.useState(CLASSES[0]);
  const [minSize, setMinSize] = React.useState(1);
  const [unusedDays, setUnusedDays] = React.useState(30);
  const plan = useTask<IOffloadPlan>(tasks);
  const work = useTask<ITransferResult>(tasks, true);
  const place = parseLocation(target);

  // A plan holds for what it was made for; while the work runs it stays in view.
  const key = JSON.stringify([paths, target, storageClass, minSize, unusedDays]);
  const { reset } = plan;
  const working = work.run.state === 'running';
  React.useEffect(() => {
    if (!working) {
      reset();
    }
  }, [key, reset]);

  const done = work.run.state === 'done';
  React.useEffect(() => {
    if (done) {
      onDone();
    }
  }, [done]);

  const choose = (): void => {
    if (place) {
      void plan.start(() =>
        service.plan({
          paths: [...paths],
          bucket: place.bucket,
          prefix: place.prefix.replace(/([^/])$/, '$1/'),
          storage_class: storageClass,
          min_size: Math.round(minSize * MIB),
          unused_days: unusedDays
        })
      );
    }
  };

  return (
    <section>
      <h3>{trans.__('Move to S3')}</h3>
      <div className="jp-smext-Details-buttons">
        <label className="jp-smext-Offload-target">
          {trans.__('To')}
          <input
            type="text"
            className="jp-mod-styled"
            spellCheck={false}
            value={target}
            onChange={event => setTarget(event.target.value)}
          />
        </label>
        <label>
          {trans.__('Storage class')}
          <HTMLSelect value={storageClass} onChange={event => setStorageClass(event.target.value)}>
            {CLASSES.map(each => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </HTMLSelect>
        </label>
        <label>
          {trans.__('MiB, at least')}
          <input
            type="number"
            className="jp-mod-styled"
            min={0}
            step="any"
            value={minSize}
            onChange={event => setMinSize(event.target.valueAsNumber || 0)}
          />
        </label>
        <label>
          {trans.__('Days unused')}
          <input
            type="number"
            className="jp-mod-styled"
            min={0}
            value={unusedDays}
            onChange={event => setUnusedDays(Math.round(event.target.valueAsNumber || 0))}
          />
        </label>
        <Button
          label={trans.__('Show what would move')}
          disabled={paths.length === 0 || !place || working}
          onClick={choose}
        />
      </div>
      {paths.length === 0 && !done && <p>{trans.__('Choose folders or files above.')}</p>}
      {plan.run.state === 'running' && <RunningTask id={plan.run.id} tasks={tasks} trans={trans} />}
      {plan.run.state === 'failed' && <ErrorView error={plan.run.error} trans={trans} />}
      {plan.run.state === 'done' && work.run.state !== 'done' && (
        <Plan
          plan={plan.run.result}
          canApply={!working}
          onApply={begin(plan.run.id)}
          trans={trans}
        />
      )}
      {work.run.state === 'running' && <RunningTask id={work.run.id} tasks={tasks} trans={trans} />}
      {work.run.state === 'failed' && <ErrorView error={work.run.error} trans={trans} />}
      {work.run.state === 'done' && <TransferReport result={work.run.result} trans={trans} />}
    </section>
  );

  function begin(id: string): () => void {
    return () => void work.start(() => service.apply(id));
  }
}

function Plan(props: {
  plan: IOffloadPlan;
  canApply: boolean;
  onApply(): void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { plan, trans } = props;
  return (
    <>
      {plan.files === 0 ? (
        <p>{trans.__('Nothing of it would move.')}</p>
      ) : (
        <p>
          <strong>
            {trans._n(
              '%2 file, %3, would move',
              '%2 files, %3, would move',
              plan.files,
              formatNumber(plan.files),
              formatSize(plan.bytes)
            )}
          </strong>{' '}
          {plan.usd_in_s3 === null
            ? trans.__('No price is known for S3 there.')
            : trans.__('In S3 they cost %1 a month.', formatDollars(plan.usd_in_s3))}
        </p>
      )}
      {plan.left_alone > 0 && (
        <details>
          <summary>
            {trans._n(
              '%2 file stays',
              '%2 files stay',
              plan.left_alone,
              formatNumber(plan.left_alone)
            )}
          </summary>
          <ul className="jp-smext-Offload-stays">
            {plan.left_alone_files.map(each => (
              <li key={each.path}>
                {each.path}: {each.why}
              </li>
            ))}
          </ul>
        </details>
      )}
      {plan.files > 0 && (
        <>
          <p>{trans.__('A file is removed here only after S3 has confirmed its checksum.')}</p>
          <Button
            label={trans.__('Move to S3')}
            primary
            disabled={!props.canApply}
            onClick={props.onApply}
          />
        </>
      )}
    </>
  );
}
