import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Catalog } from '../api/types';
import type { IJobPlace } from './layout';
import type { EstimatorModel } from './model';
import type { EstimatorsService } from './service';
import { pathText, type Path } from './specText';

/** What every field of the form needs. */
export interface IFormContext {
  model: EstimatorModel;
  service: EstimatorsService;
  /** Null as long as it is not known: choices are then typed. */
  catalog: Catalog | null;
  trans: TranslationBundle;
  /** Prefix of element ids, unique in the page. */
  idPrefix: string;
  /** Ids of the fields that a search finds, with what stands around and in them; null: no search is on. */
  found: ReadonlySet<string> | null;
  /** Open an s3:// URI in the S3 browser; null where there is none. */
  openS3: ((uri: string) => void) | null;
  /** Ask for a place in S3, beginning at one; answers its address, or null. Null where S3 cannot be browsed. */
  pickS3: ((start: string) => Promise<string | null>) | null;
  /** Show the field at a path, and give it the keyboard. */
  showField: (path: string) => void;
  /** The training job that the fields around are about. */
  job: IJobPlace;
}

const Context = React.createContext<IFormContext | null>(null);

export const FormProvider = Context.Provider;

export function useForm(): IFormContext {
  const form = React.useContext(Context);
  if (!form) {
    throw new Error('A field stands outside of its form.');
  }
  return form;
}

/** The element id of the control at a path, as a path or as the server writes it. */
export function controlId(prefix: string, path: Path | string): string {
  return `${prefix}-${typeof path === 'string' ? path : pathText(path)}`;
}
