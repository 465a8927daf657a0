import type { CommandRegistry } from '@lumino/commands';
import { type ReadonlyPartialJSONObject, UUID } from '@lumino/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  addIcon,
  copyIcon,
  deleteIcon,
  downloadIcon,
  editIcon,
  fileUploadIcon,
  folderIcon,
  launchIcon,
  type LabIcon,
  newFolderIcon,
  refreshIcon
} from '@jupyterlab/ui-components';
import type { S3Actions } from './actions';
import type { S3Browser } from './browser';
import type { S3Browsers } from './browsers';
import { chooseFiles } from './chooseFiles';
import { bucketIcon } from './icons';
import { uriOf } from './location';

export namespace CommandIDs {
  export const open = 'smext:s3-open';
  export const openTab = 'smext:s3-open-tab';
  export const openSelected = 'smext:s3-open-selected';
  export const up = 'smext:s3-up';
  export const back = 'smext:s3-back';
  export const forward = 'smext:s3-forward';
  export const refresh = 'smext:s3-refresh';
  export const editPath = 'smext:s3-edit-path';
  export const createBucket = 'smext:s3-create-bucket';
  export const createFolder = 'smext:s3-create-folder';
  export const upload = 'smext:s3-upload';
  export const uploadFolder = 'smext:s3-upload-folder';
  export const download = 'smext:s3-download';
  export const copyUri = 'smext:s3-copy-uri';
  export const remove = 'smext:s3-delete';
  export const copyToFiles = 'smext:s3-copy-to-files';
  export const copyFromFiles = 'smext:s3-copy-from-files';
}

export interface IS3CommandsOptions {
  commands: CommandRegistry;
  actions: S3Actions;
  browsers: S3Browsers;
  /** Show the browser of the sidebar. */
  reveal: () => S3Browser;
  /** Open a tab in the main area. */
  openTab: (uri: string, id: string) => Promise<S3Browser>;
  trans: TranslationBundle;
}

type Args = ReadonlyPartialJSONObject;

function newId(): string {
  return `jp-smext-s3-${UUID.uuid4()}`;
}

/** Every button of the browser is one of these commands. They act on the browser `browser`, or on the one used last. */
export function addCommands(options: IS3CommandsOptions): void {
  const { commands, actions, browsers, reveal, trans } = options;

  const add = (
    id: string,
    command: {
      label: string;
      caption?: string;
      icon?: LabIcon;
      isEnabled?: (browser: S3Browser) => boolean;
      isVisible?: (browser: S3Browser) => boolean;
      execute: (browser: S3Browser) => void | Promise<void>;
    }
  ): void => {
    const { label, caption, icon, isEnabled, isVisible, execute } = command;
    const test = (check: ((browser: S3Browser) => boolean) | undefined) => (args: Args) => {
      const browser = browsers.find(args.browser);
      return browser !== null && (check?.(browser) ?? true);
    };
    commands.addCommand(id, {
      label,
      caption: caption ?? label,
      icon,
      isEnabled: test(isEnabled),
      isVisible: test(isVisible),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            browser: {
              type: 'string',
              description: trans.__('Id of the S3 browser; left out: the one used last')
            }
          }
        }
      },
      execute: async args => {
        const browser = browsers.find(args.browser);
        if (browser) {
          await execute(browser);
        }
      }
    });
  };

  const inBucket = (browser: S3Browser): boolean => browser.model.location !== null;
  const hasObjects = (browser: S3Browser): boolean =>
    browser.model.selected.some(each => each.kind === 'object');
  const hasRows = (browser: S3Browser): boolean =>
    inBucket(browser) && browser.model.selected.length > 0;

  commands.addCommand(CommandIDs.open, {
    label: args =>
      args.uri ? trans.__('Open %1 in S3', String(args.uri)) : trans.__('Go to a Place in S3…'),
    caption: trans.__('Open an s3:// address, an ARN or an address of the AWS console'),
    icon: bucketIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          uri: {
            type: 'string',
            description: trans.__('Where to go, for example s3://bucket/data/')
          },
          tab: { type: 'boolean', description: trans.__('Open a tab in the main area') },
          browser: {
            type: 'string',
            description: trans.__('Id for the tab; a new one where left out')
          }
        }
      }
    },
    execute: async args => {
      const uri = String(args.uri ?? '');
      if (args.tab) {
        return void (await options.openTab(uri, String(args.browser ?? newId())));
      }
      const browser = reveal();
      if (uri) {
        await browser.model.openText(uri);
        browser.focusList();
      } else {
        browser.editPath();
      }
    }
  });

  add(CommandIDs.openTab, {
    label: trans.__('Open in Main Area'),
    caption: trans.__('Open the selected folder, or this one, in a tab of the main area'),
    icon: launchIcon,
    execute: async browser => {
      const { location, selected } = browser.model;
      const [entry] = selected;
      const uri =
        entry?.kind === 'bucket'
          ? `s3://${entry.name}/`
          : entry?.kind === 'prefix' && location
            ? uriOf({ bucket: location.bucket, prefix: entry.key })
            : uriOf(location);
      await options.openTab(uri, newId());
    }
  });
  add(CommandIDs.openSelected, {
    label: trans.__('Open'),
    icon: folderIcon,
    isVisible: browser =>
      browser.model.selected.length === 1 && browser.model.selected[0].kind !== 'object',
    execute: async browser => {
      const [entry] = browser.model.selected;
      await browser.model.enter(entry);
    }
  });
  add(CommandIDs.up, {
    label: trans.__('Up One Folder'),
    isEnabled: inBucket,
    execute: browser => browser.model.up()
  });
  add(CommandIDs.back, {
    label: trans.__('Back in S3'),
    isEnabled: browser => browser.model.canGoBack,
    execute: browser => browser.model.back()
  });
  add(CommandIDs.forward, {
    label: trans.__('Forward in S3'),
    isEnabled: browser => browser.model.canGoForward,
    execute: browser => browser.model.forward()
  });
  add(CommandIDs.refresh, {
    label: trans.__('Refresh'),
    caption: trans.__('List this place again'),
    icon: refreshIcon,
    execute: browser => browser.model.refresh()
  });
  add(CommandIDs.editPath, {
    label: trans.__('Type a Path'),
    icon: editIcon,
    execute: browser => browser.editPath()
  });
  add(CommandIDs.createBucket, {
    label: trans.__('Create Bucket…'),
    icon: addIcon,
    isVisible: browser => !inBucket(browser),
    execute: browser => actions.createBucket(browser)
  });
  add(CommandIDs.createFolder, {
    label: trans.__('New Folder…'),
    icon: newFolderIcon,
    isVisible: inBucket,
    execute: browser => actions.createFolder(browser)
  });
  add(CommandIDs.upload, {
    label: trans.__('Upload Files…'),
    icon: fileUploadIcon,
    isVisible: inBucket,
    execute: async browser => actions.upload(browser, await chooseFiles('files'))
  });
  add(CommandIDs.uploadFolder, {
    label: trans.__('Upload a Folder…'),
    icon: fileUploadIcon,
    isVisible: inBucket,
    execute: async browser => actions.upload(browser, await chooseFiles('folder'))
  });
  add(CommandIDs.download, {
    label: trans.__('Download'),
    caption: trans.__('Save the selected objects to your disk'),
    icon: downloadIcon,
    isEnabled: hasObjects,
    execute: browser => actions.download(browser)
  });
  add(CommandIDs.copyUri, {
    label: trans.__('Copy S3 URI'),
    caption: trans.__('Copy the s3:// address of the selected rows'),
    icon: copyIcon,
    execute: browser => actions.copyUri(browser)
  });
  add(CommandIDs.remove, {
    label: trans.__('Delete…'),
    icon: deleteIcon,
    isEnabled: hasRows,
    execute: browser => actions.delete(browser)
  });
  add(CommandIDs.copyToFiles, {
    label: trans.__('Copy to the File Browser'),
    caption: trans.__('Copy the selected rows to the folder that the file browser shows'),
    isEnabled: hasRows,
    isVisible: () => actions.fileBrowser !== null,
    execute: browser => actions.copyToFiles(browser)
  });
  commands.addCommand(CommandIDs.copyFromFiles, {
    label: trans.__('Copy to S3…'),
    caption: trans.__('Copy the selected files and folders to S3'),
    icon: bucketIcon,
    isVisible: () => actions.fileBrowser !== null,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => actions.copyFromFiles(browsers.find()?.model.location ?? null)
  });
}
