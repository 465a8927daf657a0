import type { ILocalFile } from './uploads';

/**
 * The files of a drop from the desktop, with all files in the folders among them.
 *
 * S3 has no folders: one without files becomes an empty file whose path ends in a slash, so that it is not lost.
 */
export async function droppedFiles(transfer: DataTransfer): Promise<ILocalFile[]> {
  // The list is emptied as soon as the event is over: take everything out before the first await.
  const entries = Array.from(transfer.items)
    .map(each => each.webkitGetAsEntry())
    .filter(each => each !== null);
  return (await Promise.all(entries.map(each => filesBelow(each, '')))).flat();
}

/** The files of an `<input type="file">`, with their paths where a folder was chosen. */
export function chosenFiles(files: Iterable<File>): ILocalFile[] {
  return Array.from(files, file => ({ path: file.webkitRelativePath || file.name, file }));
}

async function filesBelow(entry: FileSystemEntry, folder: string): Promise<ILocalFile[]> {
  const path = folder + entry.name;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject)
    );
    return [{ path, file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: ILocalFile[] = [];
  for (;;) {
    // Browsers hand out a folder a hundred entries at a time; an empty batch is the end.
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject)
    );
    if (batch.length === 0) {
      return files.length > 0 ? files : [{ path: `${path}/`, file: new Blob() }];
    }
    for (const each of batch) {
      files.push(...(await filesBelow(each, `${path}/`)));
    }
  }
}
