import { chosenFiles } from './dropped';
import type { ILocalFile } from './uploads';

/** Have files, or one folder, of the desktop chosen. Answers none where the person gave up. */
export function chooseFiles(what: 'files' | 'folder'): Promise<ILocalFile[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.webkitdirectory = what === 'folder';
  return new Promise(resolve => {
    input.addEventListener('change', () => resolve(chosenFiles(input.files ?? [])));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}
