import type { TranslationBundle } from '@jupyterlab/translation';
import { lockIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { InstanceOffer, InstanceOffers } from '../api/types';
import { Button } from '../common/button';
import { formatDollars, formatNumber } from '../common/format';
import { type IColumn, type ISort, Listing } from '../common/listing';
import { EmptyView } from '../common/stateView';
import { useLoaded } from '../common/useLoaded';
import { useForm } from './formContext';
import {
  advisedProcessors,
  filterOffers,
  type IInstanceFilter,
  type Processor,
  PROCESSORS,
  sortOffers
} from './instanceChoice';
import { acceleratorText } from './instanceText';

export interface IInstancePickerProps {
  id: string;
  offered: InstanceOffers;
  value: string | null;
  onChoose: (type: string) => void;
  onClose: () => void;
}

/** The instance types with what decides between them; those that may not be chosen say so. */
export function InstancePicker(props: IInstancePickerProps): JSX.Element {
  const { model, catalog, service, trans, job } = useForm();
  const { offered, onChoose } = props;
  const spot = model.spec.get([...job.spec, 'compute', 'enable_managed_spot_training']) === true;
  const advised = advisedProcessors(model.spec, job.spec, catalog);
  const [filter, setFilter] = React.useState<IInstanceFilter>({
    query: '',
    processors: new Set(advised?.length === 1 ? advised : []),
    most: null
  });
  const [sort, setSort] = React.useState<ISort>({ column: 'type', descending: false });
  const [chosen, setChosen] = React.useState(props.value);
  const search = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => search.current?.focus(), []);

  const quotas = useLoaded(React.useCallback(() => service.instanceQuotas(), [service]));
  const known = React.useMemo(
    () => new Map(quotas.value?.quotas.map(each => [each.instance_type, each])),
    [quotas.value]
  );
  const quotaOf = (type: string) => known.get(type)?.[spot ? 'spot' : 'on_demand'] ?? null;
  const rows = React.useMemo(
    () => sortOffers(filterOffers(offered.offers, filter), sort, quotaOf),
    [offered, filter, sort, known, spot]
  );
  const offer = rows.find(each => each.instance_type === chosen);
  const choose = (row: InstanceOffer) => row.allowed && onChoose(row.instance_type);
  const noQuotas = quotas.error?.message ?? quotas.value?.problem?.message;

  return (
    <div
      id={props.id}
      className="jp-smext-InstancePicker"
      role="group"
      aria-label={trans.__('Instance types')}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          props.onClose();
        }
      }}
    >
      <Filters filter={filter} onChange={setFilter} search={search} />
      <Listing
        label={trans.__('Instance types')}
        rows={rows}
        columns={columns(quotas.loading ? '…' : trans.__('unknown'), quotaOf, trans)}
        keyOf={row => row.instance_type}
        nameOf={row => row.instance_type}
        dataOf={(row): Record<string, string> => (row.allowed ? {} : { refused: '' })}
        selected={new Set(offer ? [offer.instance_type] : [])}
        // One is chosen, however several would be selected elsewhere.
        onSelect={keys => setChosen([...keys].pop() ?? null)}
        onOpen={choose}
        sort={sort}
        onSort={column =>
          setSort({ column, descending: sort.column === column && !sort.descending })
        }
        placeholder={<EmptyView title={trans.__('No instance type is like that')} />}
        trans={trans}
      />
      <div className="jp-smext-InstancePicker-notes">
        {advised && (
          <p>
            {trans.__('The algorithm runs on %1.', advised.map(each => NAMES[each]).join(', '))}
          </p>
        )}
        {noQuotas && <p>{trans.__('The quotas are unknown: %1', noQuotas)}</p>}
        {offered.refusal && (
          <p>
            {offered.refusal.message} {offered.refusal.hint}
          </p>
        )}
        <p>
          {trans.__(
            'On demand in %1, without tax and discounts; price table of %2.',
            offered.region,
            offered.table_date
          )}
        </p>
      </div>
      <div className="jp-smext-InstancePicker-buttons">
        <Button label={trans.__('Cancel')} onClick={props.onClose} />
        <Button
          label={trans.__('Choose')}
          primary
          disabled={!offer?.allowed}
          onClick={() => offer && choose(offer)}
        />
      </div>
    </div>
  );
}

const NAMES: Record<Processor, string> = { cpu: 'CPU', gpu: 'GPU', trainium: 'Trainium' };

function Filters(props: {
  filter: IInstanceFilter;
  onChange: (filter: IInstanceFilter) => void;
  search: React.RefObject<HTMLInputElement>;
}): JSX.Element {
  const { trans } = useForm();
  const { filter, onChange } = props;
  const toggle = (processor: Processor) => {
    const processors = new Set(filter.processors);
    if (!processors.delete(processor)) {
      processors.add(processor);
    }
    onChange({ ...filter, processors });
  };
  return (
    <div className="jp-smext-InstancePicker-filters">
      <input
        ref={props.search}
        className="jp-mod-styled jp-smext-Form-input"
        type="search"
        placeholder={trans.__('Search types')}
        aria-label={trans.__('Search types')}
        value={filter.query}
        onChange={event => onChange({ ...filter, query: event.target.value })}
      />
      {PROCESSORS.map(processor => (
        <button
          key={processor}
          type="button"
          className="jp-smext-Chip"
          aria-pressed={filter.processors.has(processor)}
          onClick={() => toggle(processor)}
        >
          {NAMES[processor]}
        </button>
      ))}
      <input
        className="jp-mod-styled jp-smext-Form-input jp-smext-InstancePicker-most"
        type="number"
        min={0}
        step="any"
        placeholder={trans.__('Up to $/h')}
        aria-label={trans.__('Dollars an hour at most')}
        value={filter.most ?? ''}
        onChange={event =>
          onChange({ ...filter, most: event.target.value ? Number(event.target.value) : null })
        }
      />
    </div>
  );
}

function columns(
  noQuota: string,
  quotaOf: (type: string) => number | null,
  trans: TranslationBundle
): IColumn<InstanceOffer>[] {
  return [
    {
      id: 'type',
      label: trans.__('Type'),
      track: 'minmax(0, 1fr)',
      sortable: true,
      render: row => (
        <>
          <span className="jp-smext-InstancePicker-type">{row.instance_type}</span>
          {!row.allowed && (
            <span className="jp-smext-InstancePicker-refused">
              <lockIcon.react tag="span" aria-hidden="true" />
              {trans.__('not allowed')}
            </span>
          )}
        </>
      )
    },
    {
      id: 'vcpu',
      label: trans.__('vCPU'),
      track: '56px',
      hideBelow: 300,
      align: 'end',
      sortable: true,
      render: row => row.vcpu
    },
    {
      id: 'memory',
      label: trans.__('Memory'),
      track: '80px',
      hideBelow: 380,
      align: 'end',
      sortable: true,
      render: row =>
        row.memory_gib === null ? '–' : trans.__('%1 GiB', formatNumber(row.memory_gib, 1))
    },
    {
      id: 'accelerator',
      label: trans.__('GPU'),
      track: '136px',
      hideBelow: 560,
      sortable: true,
      render: row => acceleratorText(row, trans)
    },
    {
      id: 'price',
      label: trans.__('$/hour'),
      track: '84px',
      align: 'end',
      sortable: true,
      render: row => (
        <span title={row.component ? [row.component, row.as_of].join(', ') : undefined}>
          {priceText(row, trans)}
        </span>
      )
    },
    {
      id: 'quota',
      label: trans.__('Quota'),
      track: '68px',
      hideBelow: 410,
      align: 'end',
      sortable: true,
      render: row => quotaOf(row.instance_type) ?? noQuota
    }
  ];
}

/** A price of another component than training is about what it costs. */
function priceText(row: InstanceOffer, trans: TranslationBundle): string {
  if (row.usd_per_hour === null) {
    return trans.__('no price');
  }
  const amount = formatDollars(row.usd_per_hour, 3);
  return row.component === 'Training' ? amount : `≈ ${amount}`;
}
