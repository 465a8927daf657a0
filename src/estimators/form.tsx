import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Catalog } from '../api/types';
import { AlgorithmField } from './algorithmField';
import { MoreButton } from './buttons';
import { definitionNames, DefinitionsField } from './definitionsField';
import { Field } from './field';
import { controlId, FormProvider, useForm } from './formContext';
import { HyperparameterTable } from './hyperparameterTable';
import {
  DEFINITIONS,
  fieldsOf,
  formSections,
  hasOwnControl,
  idOf,
  type IFormSection
} from './layout';
import type { EstimatorModel } from './model';
import type { IPlace } from './problemList';
import type { EstimatorsService } from './service';
import { fieldAt, searchFields } from './specSchema';
import { parsePath, pathText } from './specText';
import { withheldPaths } from './withheld';

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
  const { model, trans, idPrefix } = props;
  const definitions = definitionNames(model.spec);
  const sections = React.useMemo(
    () => formSections(model.schema, definitions, trans),
    [model.schema, JSON.stringify(definitions), trans]
  );
  // Sections come and go with the jobs of a tuning; which of them were folded or unfolded by hand is kept by their id.
  const [folds, setFolds] = React.useState<ReadonlyMap<string, boolean>>(new Map());
  const [more, setMore] = React.useState<ReadonlySet<string>>(new Set());
  const isOpen = ({ id, open }: IFormSection) => folds.get(id) ?? open;
  const [query, setQuery] = React.useState('');
  const found = React.useMemo(() => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return words.length ? searchFields(model.schema, words) : null;
  }, [model.schema, query]);

  // What is asked for last is shown, whether from outside or by a field.
  const [target, setTarget] = React.useState(props.target);
  React.useEffect(() => setTarget(props.target), [props.target]);
  // A control can take the focus once its section is on the page: render after render, until it is.
  const shownTarget = React.useRef<typeof target>(null);
  React.useEffect(() => {
    if (!target || target === shownTarget.current) {
      return;
    }
    const section = sectionOf(sections, target.place);
    if (query) {
      setQuery('');
    } else if (section && !isOpen(section)) {
      setFolds(new Map(folds).set(section.id, true));
    } else if (section && !more.has(section.id) && isAmong(section.more, target.place)) {
      setMore(new Set(more).add(section.id));
    } else {
      shownTarget.current = target;
      const control = document.getElementById(controlId(idPrefix, target.place.path));
      control?.scrollIntoView({ block: 'center' });
      control?.focus();
      if (!control) {
        props.onTargetMissing(target.place);
      }
    }
  }, [target, folds, more, query]);

  const toggleMore = (id: string) => {
    const next = new Set(more);
    if (!next.delete(id)) {
      next.add(id);
    }
    setMore(next);
  };

  const shown = sections.filter(
    section => !found || fieldsOf(section).some(path => found.has(idOf(path)))
  );

  return (
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
          <FormProvider
            key={section.id}
            value={{
              model,
              service: props.service,
              catalog: props.catalog,
              trans,
              idPrefix,
              found,
              openS3: props.openS3,
              pickS3: props.pickS3,
              showField: path => setTarget({ place: { path } }),
              job: section.job
            }}
          >
            <Section
              section={section}
              problems={model.problems.filter(each => sectionOf(sections, each) === section).length}
              open={found !== null || isOpen(section)}
              more={found !== null || more.has(section.id)}
              onToggle={() => setFolds(new Map(folds).set(section.id, !isOpen(section)))}
              onToggleMore={() => toggleMore(section.id)}
            />
          </FormProvider>
        ))}
        {shown.length === 0 && (
          <p className="jp-smext-Form-nothing" role="status">
            {trans.__('No field matches “%1”.', query)}
          </p>
        )}
      </fieldset>
    </form>
  );
}

function Section(props: {
  section: IFormSection;
  problems: number;
  open: boolean;
  more: boolean;
  onToggle: () => void;
  onToggleMore: () => void;
}): JSX.Element {
  const { model, trans, idPrefix, found, job } = useForm();
  const { section, problems } = props;
  const id = `${idPrefix}-section-${section.id}`;
  const Icon = props.open ? caretDownIcon : caretRightIcon;
  const withheld = withheldPaths(model, job);
  const applies = (path: string) => !withheld.some(each => isWithin(path, each));
  const fields = (paths: readonly string[]) =>
    paths
      .filter(applies)
      .map(path => <SectionField key={path} path={path} untitled={path === section.about} />);
  return (
    <section className="jp-smext-FormSection" aria-labelledby={`${id}-title`}>
      <h3 className="jp-smext-FormSection-head">
        <button
          type="button"
          id={`${id}-title`}
          className="jp-smext-FormSection-toggle"
          aria-expanded={props.open}
          aria-controls={`${id}-body`}
          onClick={props.onToggle}
        >
          <Icon.react tag="span" aria-hidden="true" />
          <span>{section.title}</span>
          {problems > 0 && (
            <span className="jp-smext-FormSection-problems">
              {trans._n('%1 problem', '%1 problems', problems)}
            </span>
          )}
        </button>
      </h3>
      {props.open && (
        <div className="jp-smext-FormSection-body" id={`${id}-body`}>
          {fields(section.fields)}
          {!found && section.more.some(applies) && (
            <MoreButton open={props.more} onClick={props.onToggleMore} />
          )}
          {props.more && fields(section.more)}
        </div>
      )}
    </section>
  );
}

/** A field of a section, with the control that it has for itself where the schema's would say too little. */
function SectionField(props: { path: string; untitled: boolean }): JSX.Element | null {
  const { model, found, job } = useForm();
  const id = idOf(props.path);
  const path = parsePath(props.path);
  const field = fieldAt(model.schema, path);
  const isFound = (each: string) => !found || found.has(each);
  if (!field) {
    return null;
  }
  if (id.endsWith('spec.hyperparameters')) {
    // It shows the ranges of a tuning too, for which a search may look.
    const ranges = idOf(pathText([...job.tuning, 'parameter_ranges']));
    return isFound(id) || isFound(ranges) ? (
      <HyperparameterTable field={field} untitled={props.untitled} />
    ) : null;
  }
  if (!isFound(id)) {
    return null;
  }
  if (hasOwnControl(field)) {
    return <AlgorithmField field={field} path={path} />;
  }
  if (id === DEFINITIONS) {
    return <DefinitionsField field={field} path={path} />;
  }
  return <Field field={field} path={path} untitled={props.untitled} />;
}

/** Where the field of a place stands: in the section that names it, or the nearest field around it. */
function sectionOf(sections: readonly IFormSection[], place: IPlace): IFormSection | undefined {
  const nearest = (section: IFormSection) =>
    Math.max(
      0,
      ...fieldsOf(section)
        .filter(path => isWithin(place.path, path))
        .map(path => path.length)
    );
  const best = Math.max(...sections.map(nearest));
  return best ? sections.find(section => nearest(section) === best) : undefined;
}

function isAmong(paths: readonly string[], place: IPlace): boolean {
  return paths.some(path => isWithin(place.path, path));
}

/** Whether a path is another one, or leads on from there. */
function isWithin(path: string, other: string): boolean {
  return path === other || path.startsWith(`${other}.`) || path.startsWith(`${other}[`);
}
