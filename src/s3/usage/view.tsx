import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Button } from '../../common/button';
import { ErrorView } from '../../common/errorView';
import { formatDollars, formatNumber, formatPercent, formatSize } from '../../common/format';
import { RunningTask } from '../../tasks/runningTask';
import { useTask } from '../../tasks/useTask';
import type { ITasks } from '../../tokens';
import { type ILocation, nameOf, parentOf, uriOf } from '../location';
import type { IUsage } from '../results';
import type { UsageService } from './service';
import { Unfinished } from './unfinished';

export interface IUsageViewProps {
  start: ILocation;
  /** Show a button instead of counting at once. */
  wait: boolean;
  service: UsageService;
  tasks: ITasks;
  /** Another folder is looked at now. */
  onMoved(location: ILocation): void;
  /** Show a folder in the browser. */
  onShow(location: ILocation): void;
  trans: TranslationBundle;
}

/** How much lies below a folder, what it costs a month, and which folders in it are the largest. */
export function UsageView(props: IUsageViewProps): React.ReactElement {
  const { service, tasks, trans, onMoved } = props;
  const [location, setLocation] = React.useState(props.start);
  const { run, start } = useTask<IUsage>(tasks);

  const count = React.useCallback(
    (place: ILocation) => void start(() => service.start(place)),
    [start, service]
  );
  const { wait } = props;
  React.useEffect(() => {
    if (!wait) {
      count(props.start);
    }
  }, [wait, count, props.start]);

  const move = (place: ILocation): void => {
    setLocation(place);
    onMoved(place);
    count(place);
  };
  const parent = parentOf(location);

  return (
    <div className="jp-smext-Usage">
      <header>
        <h2>{uriOf(location)}</h2>
        <div className="jp-smext-Details-buttons">
          <Button
            label={trans.__('Up')}
            disabled={!parent}
            onClick={() => parent && move(parent)}
          />
          <Button label={trans.__('Show in S3')} onClick={() => props.onShow(location)} />
          <Button
            label={run.state === 'idle' ? trans.__('Count') : trans.__('Count again')}
            disabled={run.state === 'running'}
            onClick={() => count(location)}
          />
        </div>
      </header>
      {run.state === 'failed' && (
        <ErrorView error={run.error} onRetry={() => count(location)} trans={trans} />
      )}
      {run.state === 'running' && <RunningTask id={run.id} tasks={tasks} trans={trans} />}
      {run.state === 'done' && (
        <>
          <Sums usage={run.result} onOpen={prefix => move({ ...location, prefix })} trans={trans} />
          <Unfinished location={location} service={service} trans={trans} />
        </>
      )}
    </div>
  );
}

function Sums(props: {
  usage: IUsage;
  onOpen(prefix: string): void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { usage, trans } = props;
  const { total, classes, folders } = usage;
  const dated = classes.find(each => each.price_as_of)?.price_as_of;
  return (
    <>
      <p className="jp-smext-Usage-total">
        <strong>{formatSize(total.bytes)}</strong>
        <span>
          {trans._n('%2 object', '%2 objects', total.objects, formatNumber(total.objects))}
        </span>
        <span>
          {total.monthly_usd === null
            ? trans.__('no price known')
            : trans.__('%1 a month', formatDollars(total.monthly_usd))}
        </span>
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">{trans.__('Storage class')}</th>
            <th scope="col">{trans.__('Objects')}</th>
            <th scope="col">{trans.__('Size')}</th>
            <th scope="col">{trans.__('Per GB-month')}</th>
            <th scope="col">{trans.__('A month')}</th>
          </tr>
        </thead>
        <tbody>
          {classes.map(each => (
            <tr key={each.storage_class}>
              <th scope="row">{each.storage_class}</th>
              <td>{formatNumber(each.objects)}</td>
              <td>{formatSize(each.bytes)}</td>
              <td>{price(each.price_usd, trans, 4)}</td>
              <td>{price(each.monthly_usd, trans)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h3>{trans.__('By folder')}</h3>
      <ul className="jp-smext-Usage-folders">
        {folders.map(each => {
          const share = total.bytes > 0 ? each.bytes / total.bytes : 0;
          const here = each.prefix === total.prefix;
          return (
            <li key={each.prefix}>
              <div className="jp-smext-Usage-bar" style={{ width: `${share * 100}%` }} />
              {here ? (
                <span>{trans.__('objects in no folder')}</span>
              ) : (
                <button
                  type="button"
                  className="jp-smext-LinkButton"
                  onClick={() => props.onOpen(each.prefix)}
                >
                  {nameOf(each.prefix) || '/'}
                </button>
              )}
              <span>{formatPercent(share)}</span>
              <span>{formatSize(each.bytes)}</span>
              <span>{price(each.monthly_usd, trans)}</span>
            </li>
          );
        })}
      </ul>
      <p>
        {usage.more_folders > 0 &&
          trans._n(
            'And %2 smaller folder.',
            'And %2 smaller folders.',
            usage.more_folders,
            formatNumber(usage.more_folders)
          )}{' '}
        {dated &&
          trans.__(
            'Storage at list price of %1; requests, retrieval and transfer cost extra.',
            dated
          )}
      </p>
    </>
  );
}

function price(dollars: number | null, trans: TranslationBundle, digits = 2): string {
  return dollars === null ? trans.__('unknown') : formatDollars(dollars, digits);
}
