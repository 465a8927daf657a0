import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import { SmextError } from '../api/client';
import type { ImageList, Space, SpacePlan } from '../api/types';
import { Button } from '../common/button';
import { ErrorView } from '../common/errorView';
import { LoadingView } from '../common/stateView';
import { useLoaded } from '../common/useLoaded';
import type { IDomainViewProps } from './domainView';
import { hourly, monthly, sourceOf } from './money';
import { Problems } from './problems';
import {
  allowedTypes,
  createRequest,
  fieldsOf,
  freeName,
  imageValue,
  INSTANCE_TYPE,
  type ISpaceFields,
  isComplete,
  NO_LIFECYCLE,
  SPACE_NAME,
  SUGGESTED_TYPES,
  updateRequest
} from './spaceFields';
import { useSettled } from './useSettled';

/** Milliseconds without a key before the plan is asked for. */
const PLAN_DELAY = 300;

/** Make a space: what it runs on and what that costs. */
export function CreateSpaceForm(props: IDomainViewProps): React.ReactElement {
  const { model, service, trans, where, admin } = props;
  const [fields, setFields] = React.useState<ISpaceFields>({
    space_name: freeName(model.spaces.rows.map(space => space.space_name)),
    owner: where.value?.user_profile_name ?? '',
    instance_type: admin.value?.policy?.instance_types?.default ?? 'ml.t3.medium',
    image: '',
    ebs_gb: '',
    lifecycle_config_arn: '',
    idle_minutes: ''
  });
  const plan = usePlan(props, fields);
  const [owner] = model.profiles.rows;
  React.useEffect(() => model.profiles.wake(), [model]);
  React.useEffect(() => {
    if (!fields.owner && owner) {
      setFields({ ...fields, owner: owner.user_profile_name });
    }
  }, [owner, fields]);

  const create = async () => {
    const space = await service.createSpace(createRequest(model.name, fields));
    model.form = null;
    model.selected = space.space_name;
    void model.spaces.refresh();
  };
  return (
    <Form
      {...props}
      title={trans.__('New space')}
      fields={fields}
      onChange={setFields}
      plan={plan}
      accept={trans.__('Create space')}
      acceptable={plan.value?.ready === true}
      onAccept={create}
    />
  );
}

/** Change a space: the change takes effect at the next start of its app. */
export function ChangeSpaceForm(
  props: IDomainViewProps & { space_name: string }
): React.ReactElement {
  const { model, service, trans, space_name } = props;
  const load = React.useCallback(
    () => service.describeSpace({ domain_id: model.name, space_name }),
    [service, model, space_name]
  );
  const { value, error, reload } = useLoaded(load);
  if (error) {
    return <ErrorView error={error} trans={trans} onRetry={reload} />;
  }
  return value ? <Change {...props} space={value} /> : <LoadingView trans={trans} />;
}

function Change(props: IDomainViewProps & { space: Space }): React.ReactElement {
  const { model, service, space, trans } = props;
  const before = React.useMemo(() => fieldsOf(space), [space]);
  const [fields, setFields] = React.useState(before);
  const plan = usePlan(props, fields);
  const place = { domain_id: model.name, space_name: space.space_name };
  const shrinks = Number(fields.ebs_gb) < Number(before.ebs_gb);
  const changed = JSON.stringify(fields) !== JSON.stringify(before);

  const change = async () => {
    await service.updateSpace(updateRequest(place, before, fields));
    model.form = null;
    void model.spaces.refresh();
  };
  return (
    <Form
      {...props}
      title={trans.__('Change %1', space.space_name)}
      existing={space}
      fields={fields}
      onChange={setFields}
      plan={plan}
      accept={trans.__('Change space')}
      acceptable={changed && !shrinks && isComplete(fields)}
      onAccept={change}
    />
  );
}

interface IPlan {
  value: SpacePlan | null;
  error: SmextError | null;
  loading: boolean;
}

/** What a space of these fields would be and cost; null while they change. */
function usePlan(props: IDomainViewProps, fields: ISpaceFields): IPlan {
  const { model, service } = props;
  const settled = useSettled(fields, PLAN_DELAY);
  const load = React.useCallback(
    async () =>
      isComplete(settled) ? service.planSpace(createRequest(model.name, settled)) : null,
    [settled, service, model]
  );
  const { value, error, loading } = useLoaded<SpacePlan | null>(load);
  const stale = loading || settled !== fields;
  return { value: stale ? null : value, error: stale ? null : error, loading: stale };
}

function Form(
  props: IDomainViewProps & {
    title: string;
    /** The space that is changed; its name and owner stay. */
    existing?: Space;
    fields: ISpaceFields;
    onChange(fields: ISpaceFields): void;
    plan: IPlan;
    accept: string;
    acceptable: boolean;
    onAccept(): Promise<void>;
  }
): React.ReactElement {
  const { model, fields, plan, existing, admin, trans } = props;
  const id = React.useId();
  const form = React.useRef<HTMLFormElement>(null);
  const [error, setError] = React.useState<SmextError | null>(null);
  const [busy, setBusy] = React.useState(false);
  const images = useLoaded(React.useCallback(() => props.service.images(), [props.service]));
  React.useEffect(
    () => form.current?.querySelector<HTMLInputElement>('input:not(:disabled)')?.focus(),
    []
  );
  const set = (name: keyof ISpaceFields) => (event: React.ChangeEvent<HTMLInputElement>) =>
    props.onChange({ ...fields, [name]: event.target.value.trim() });
  const choose = (name: keyof ISpaceFields) => (event: React.ChangeEvent<HTMLSelectElement>) =>
    props.onChange({ ...fields, [name]: event.target.value });
  const accept = async () => {
    setBusy(true);
    setError(null);
    try {
      await props.onAccept();
    } catch (reason) {
      setError(SmextError.from(reason));
      setBusy(false);
    }
  };
  const patterns = admin.value?.policy?.instance_types?.allowed ?? [];
  // The plan is that of a new space: that there is one of this name is no problem of a change.
  const problems = (plan.value?.problems ?? []).filter(
    problem => !existing || problem.field !== 'space_name'
  );
  const offered = plan.value?.lifecycle_config_arns ?? [];
  const scripts = [...new Set([...offered, fields.lifecycle_config_arn])].filter(
    arn => arn && arn !== NO_LIFECYCLE
  );
  return (
    <form
      ref={form}
      className="jp-smext-StudioForm"
      aria-label={props.title}
      onSubmit={event => {
        event.preventDefault();
        if (props.acceptable && !busy) {
          void accept();
        }
      }}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          model.form = null;
        }
      }}
    >
      <h3>{props.title}</h3>
      <div className="jp-smext-StudioForm-fields">
        <label htmlFor={`${id}name`}>{trans.__('Name')}</label>
        <input
          id={`${id}name`}
          className="jp-mod-styled"
          value={fields.space_name}
          onChange={set('space_name')}
          pattern={SPACE_NAME.source}
          title={trans.__('Letters, digits and hyphens, at most 63')}
          disabled={existing !== undefined}
          required
          spellCheck={false}
          autoComplete="off"
        />
        <label htmlFor={`${id}owner`}>{trans.__('User profile')}</label>
        <UseSignal signal={model.profiles.changed}>
          {() => (
            <HTMLSelect
              id={`${id}owner`}
              value={fields.owner}
              onChange={choose('owner')}
              disabled={existing !== undefined}
            >
              {[
                ...new Set([
                  fields.owner,
                  ...model.profiles.rows.map(profile => profile.user_profile_name)
                ])
              ]
                .filter(Boolean)
                .map(name => (
                  <option key={name}>{name}</option>
                ))}
            </HTMLSelect>
          )}
        </UseSignal>
        <label htmlFor={`${id}type`}>{trans.__('Instance type')}</label>
        <div>
          <input
            id={`${id}type`}
            className="jp-mod-styled"
            value={fields.instance_type}
            onChange={set('instance_type')}
            list={`${id}types`}
            pattern={INSTANCE_TYPE.source}
            required
            spellCheck={false}
            autoComplete="off"
          />
          <datalist id={`${id}types`}>
            {allowedTypes(SUGGESTED_TYPES, patterns).map(type => (
              <option key={type} value={type} />
            ))}
          </datalist>
          {patterns.length > 0 && (
            <span className="jp-smext-StudioForm-note">
              {trans.__('Set by your admin: only %1', patterns.join(', '))}
            </span>
          )}
        </div>
        <label htmlFor={`${id}image`}>{trans.__('Image')}</label>
        <div>
          <HTMLSelect id={`${id}image`} value={fields.image} onChange={choose('image')}>
            <option value="">{trans.__('As the domain says, else the newest of AWS')}</option>
            {imageOptions(images.value, fields.image).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </HTMLSelect>
          {images.error && (
            <span className="jp-smext-StudioForm-note">{images.error.envelope.message}</span>
          )}
        </div>
        <label htmlFor={`${id}ebs`}>{trans.__('Volume (GB)')}</label>
        <div>
          <input
            id={`${id}ebs`}
            className="jp-mod-styled"
            type="number"
            min={existing?.ebs_volume_size_in_gb ?? 5}
            max={16384}
            step={1}
            value={fields.ebs_gb}
            placeholder={String(plan.value?.request.ebs_volume_size_in_gb ?? '')}
            onChange={set('ebs_gb')}
          />
          {existing && (
            <span className="jp-smext-StudioForm-note">
              {trans.__('It can grow, once in six hours; it cannot shrink.')}
            </span>
          )}
        </div>
        <label htmlFor={`${id}script`}>{trans.__('Lifecycle configuration')}</label>
        <HTMLSelect
          id={`${id}script`}
          value={fields.lifecycle_config_arn}
          onChange={choose('lifecycle_config_arn')}
        >
          <option value="">{trans.__('As the domain says')}</option>
          <option value={NO_LIFECYCLE}>{trans.__('None')}</option>
          {scripts.map(arn => (
            <option key={arn} value={arn} title={arn}>
              {arn.split('/').pop()}
            </option>
          ))}
        </HTMLSelect>
        <label htmlFor={`${id}idle`}>{trans.__('Stop when idle (minutes)')}</label>
        <input
          id={`${id}idle`}
          className="jp-mod-styled"
          type="number"
          min={60}
          max={525600}
          step={1}
          value={fields.idle_minutes}
          placeholder={trans.__('as the domain says')}
          onChange={set('idle_minutes')}
        />
      </div>
      <Problems problems={problems} trans={trans} />
      {plan.error && <ErrorView error={plan.error} trans={trans} />}
      {error && <ErrorView error={error} trans={trans} />}
      {plan.value && !existing && (
        <ul className="jp-smext-StudioNotes">
          {plan.value.notes.map(note => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {existing && (
        <p className="jp-smext-StudioNotes">
          {trans.__('What runs now is not touched: the change takes effect at the next start.')}
        </p>
      )}
      <div className="jp-smext-StudioForm-bar">
        <button
          type="submit"
          className="jp-Button jp-mod-styled jp-mod-accept jp-smext-Button"
          disabled={!props.acceptable || busy}
        >
          {props.accept}
        </button>
        <Button label={trans.__('Cancel')} onClick={() => (model.form = null)} />
        <Price plan={plan} trans={trans} />
      </div>
    </form>
  );
}

/** What the space would cost, beside the button that makes it. */
function Price(props: { plan: IPlan; trans: TranslationBundle }): React.ReactElement {
  const { plan, trans } = props;
  return (
    <span className="jp-smext-StudioPrice" role="status">
      {plan.value ? (
        <>
          <span title={sourceOf(plan.value.price, trans)}>
            <strong>{hourly(plan.value.price, trans)}</strong> {trans.__('while it runs')}
          </span>
          <span title={sourceOf(plan.value.storage_price, trans)}>
            <strong>{monthly(plan.value.storage_usd_per_month, trans)}</strong>{' '}
            {trans.__('for %1 GB, also while stopped', plan.value.request.ebs_volume_size_in_gb)}
          </span>
        </>
      ) : (
        plan.loading && trans.__('Looking up the price…')
      )}
    </span>
  );
}

/** Versions of the images that a space can run, and the one that it runs now. */
function imageOptions(images: ImageList | null, current: string): [value: string, label: string][] {
  const options = (images?.images ?? []).flatMap((image): [string, string][] => {
    const arn = image.sagemaker_image_arn ?? null;
    const versions = image.version_aliases ?? [];
    return !arn
      ? []
      : versions.length
        ? versions.map(alias => [imageValue(arn, alias), `${image.name} ${alias}`])
        : [[imageValue(arn, null), image.name]];
  });
  return current && !options.some(([value]) => value === current)
    ? [[current, current], ...options]
    : options;
}
