import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Catalog } from '../api/types';
import { AlgorithmField } from './algorithmField';
import { Field, MoreButton } from './field';
import { controlId, FormProvider } from './formContext';
import { HyperparameterTable } from './hyperparameterTable';
import { fieldsOf, formSections, hasOwnControl, type IFormSection } from './layout';
import type { EstimatorModel } from './model';
import type { IPlace } from './problemList';
import type { EstimatorsService } from './service';
import { fieldAt, searchFields, type IField } from './specSchema';

export interface IEstimatorFormProps {
  model: EstimatorModel;
  service: EstimatorsService;
  catalog: Catalog | null;
  trans: TranslationBundle;
  idPrefix: string;
  openS3: ((uri: string) => void) | null;
  /** Ask for a place in S3, beginning at one; answers its address, or null. */
  pickS3: ((start: string) => Promise<string | null>) | null;
  readOnly: boolean;
  /** A place whose field is to be shown and focused; a new object each time that it is asked for. */
  target: { place: IPlace } | null;
  /** The target has no field in the form. */
  onTargetMissing: (place: IPlace) => void;
}

/** The spec as a form: sections that fold, and a search over all fields. */
export function EstimatorForm(props: IEstimatorFormProps): JSX.Element {
  const { model, trans, idPrefix, target } = props;
  const sections = React.useMemo(() => formSections(model.schema, trans), [model.schema, trans]);
  const [open, setOpen] = React.useState(
    () => new Set(sections.filter(section => section.open).map(section => section.id))
  );
  const [more, setMore] = React.useState(() => new Set<string>());
  const [query, setQuery] = React.useState('');
  const found = React.useMemo(() => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return words.length ? searchFields(model.schema, words) : null;
  }, [model.schema, query]);

  // A control can take the focus once its section is on the page: render after render, until it is.
  const shownTarget = React.useRef<typeof target>(null);
  React.useEffect(() => {
    if (!target || target === shownTarget.current) {
      return;
    }
    const id = sections.find(section => holds(section, target.place))?.id;
    if (query) {
      setQuery('');
    } else if (id && !(open.has(id) && more.has(id))) {
      setOpen(new Set(open).add(id));
      setMore(new Set(more).add(id));
    } else {
      shownTarget.current = target;
      const control = document.getElementById(controlId(idPrefix, target.place.path));
      control?.scrollIntoView({ block: 'center' });
      control?.focus();
      if (!control) {
        props.onTargetMissing(target.place);
      }
    }
  }, [target, open, more, query]);

  const toggle = (set: ReadonlySet<string>, id: string) => {
    const next = new Set(set);
    if (!next.delete(id)) {
      next.add(id);
    }
    return next;
  };

  const shown = sections.filter(section => !found || fieldsOf(section).some(id => found.has(id)));

  return (
    <FormProvider
      value={{
        model,
        service: props.service,
        catalog: props.catalog,
        trans,
        idPrefix,
        found,
        openS3: props.openS3,
        pickS3: props.pickS3
      }}
    >
      <form className="jp-smext-Form" onSubmit={event => event.preventDefault()}>
        <input
          className="jp-mod-styled jp-smext-Form-search"
          type="search"
          placeholder={trans.__('Search fields')}
          aria-label={trans.__('Search fields')}
          value={query}
          onChange={event => setQuery(event.target.value)}
        />
        <fieldset className="jp-smext-Form-sections" disabled={props.readOnly}>
          {shown.map(section => (
            <Section
              key={section.id}
              id={`${idPrefix}-section-${section.id}`}
              section={section}
              root={model.schema}
              trans={trans}
              found={found}
              open={found !== null || open.has(section.id)}
              more={found !== null || more.has(section.id)}
              problems={model.problems.filter(problem => holds(section, problem)).length}
              onToggle={() => setOpen(toggle(open, section.id))}
              onToggleMore={() => setMore(toggle(more, section.id))}
            />
          ))}
          {shown.length === 0 && (
            <p className="jp-smext-Form-nothing" role="status">
              {trans.__('No field matches “%1”.', query)}
            </p>
          )}
        </fieldset>
      </form>
    </FormProvider>
  );
}

function Section(props: {
  id: string;
  section: IFormSection;
  root: IField;
  trans: TranslationBundle;
  found: ReadonlySet<string> | null;
  open: boolean;
  more: boolean;
  problems: number;
  onToggle: () => void;
  onToggleMore: () => void;
}): JSX.Element {
  const { section, root, trans } = props;
  const Icon = props.open ? caretDownIcon : caretRightIcon;
  const fields = (ids: readonly string[]) =>
    ids.map(id => {
      const field = fieldOf(root, id);
      const path = id.split('.');
      if (field?.id === 'spec.hyperparameters') {
        // It shows the ranges of a tuning too, for which a search may look.
        return <HyperparameterTable key={id} field={field} />;
      }
      if (!field || (props.found && !props.found.has(id))) {
        return null;
      }
      return hasOwnControl(field) ? (
        <AlgorithmField key={id} field={field} path={path} />
      ) : (
        <Field key={id} field={field} path={path} untitled={id === section.about} />
      );
    });
  return (
    <section className="jp-smext-FormSection" aria-labelledby={`${props.id}-title`}>
      <h3 className="jp-smext-FormSection-head">
        <button
          type="button"
          id={`${props.id}-title`}
          className="jp-smext-FormSection-toggle"
          aria-expanded={props.open}
          aria-controls={`${props.id}-body`}
          onClick={props.onToggle}
        >
          <Icon.react tag="span" aria-hidden="true" />
          <span>{section.title}</span>
          {props.problems > 0 && (
            <span className="jp-smext-FormSection-problems">
              {trans._n('%1 problem', '%1 problems', props.problems)}
            </span>
          )}
        </button>
      </h3>
      {props.open && (
        <div className="jp-smext-FormSection-body" id={`${props.id}-body`}>
          {fields(section.fields)}
          {section.more.length > 0 && !props.found && (
            <MoreButton open={props.more} onClick={props.onToggleMore} />
          )}
          {props.more && fields(section.more)}
        </div>
      )}
    </section>
  );
}

function fieldOf(root: IField, id: string): IField | null {
  return fieldAt(root, id.split('.'));
}

/** Whether the field of a place stands in a section. */
function holds(section: IFormSection, place: IPlace): boolean {
  const id = place.path.replace(/\[\d+\]/g, '');
  return fieldsOf(section).some(each => id === each || id.startsWith(`${each}.`));
}
