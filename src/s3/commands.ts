import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  addIcon,
  codeIcon,
  copyIcon,
  cutIcon,
  deleteIcon,
  downloadIcon,
  editIcon,
  fileIcon,
  fileUploadIcon,
  folderFavoriteIcon,
  folderIcon,
  type LabIcon,
  launchIcon,
  linkIcon,
  listIcon,
  newFolderIcon,
  pasteIcon,
  refreshIcon,
  searchIcon
} from '@jupyterlab/ui-components';
import { noArguments } from '../common/noArguments';
import type { S3Actions } from './actions';
import type { S3Browser } from './browser';
import type { S3Browsers } from './browsers';
import { chooseFiles } from './chooseFiles';
import { CommandIDs } from './commandIds';
import { hasPath, pathOf } from './edit/drive';
import { bucketIcon } from './icons';
import { parseLocation, uriOf } from './location';
import type { PlacesModel } from './places/model';
import type { S3Tabs } from './tabs';
import { isBucket, isObject, type ITarget, targetAt, targetUri } from './target';

export interface IS3CommandsOptions {
  commands: CommandRegistry;
  actions: S3Actions;
  browsers: S3Browsers;
  places: PlacesModel;
  /** Show the browser of the sidebar. */
  reveal: () => S3Browser;
  tabs: S3Tabs;
  /** Ask for something in S3, beginning at an address. Answers its address, or null. */
  pick: (start: string, title: string) => Promise<string | null>;
  trans: TranslationBundle;
}

type Args = ReadonlyPartialJSONObject;

/** The command of the Estimators that takes an `s3_uri`; they may be switched off. */
const ESTIMATOR_CHANNEL = 'smext:estimator-channel';

/** Every button of the browser is one of these commands. They act on the browser `browser`, or on the one used last. */
export function addCommands(options: IS3CommandsOptions): void {
  const { commands, actions, browsers, places, reveal, tabs, trans } = options;

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

  /** Add a command that acts on the object or folder `uri`, or on the selected rows. */
  const addForTargets = (
    id: string,
    command: {
      label: string;
      caption?: string;
      icon?: LabIcon;
      isEnabled: (targets: readonly ITarget[]) => boolean;
      isVisible?: () => boolean;
      execute: (targets: readonly ITarget[]) => void | Promise<void>;
    }
  ): void => {
    const { label, caption, icon, isEnabled, isVisible, execute } = command;
    const targets = (args: Args): readonly ITarget[] => {
      if (typeof args.uri === 'string') {
        return targetAt(args.uri);
      }
      return browsers.targets(args.browser);
    };
    commands.addCommand(id, {
      label,
      caption: caption ?? label,
      icon,
      isEnabled: args => isEnabled(targets(args)),
      isVisible: () => isVisible?.() ?? true,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            uri: {
              type: 'string',
              description: trans.__('An s3:// address; left out: the selected rows')
            },
            browser: {
              type: 'string',
              description: trans.__('Id of the S3 browser; left out: the one used last')
            }
          }
        }
      },
      execute: async args => execute(targets(args))
    });
  };

  /** Add a command that acts on the place `uri`, on the one selected folder, or on the folder that is shown. */
  const addForPlace = (
    id: string,
    command: {
      label: string;
      caption: string;
      icon: LabIcon;
      isToggled?: (uri: string) => boolean;
      execute: (uri: string, args: Args) => Promise<void>;
    }
  ): void => {
    const { execute, isToggled, ...words } = command;
    const place = (args: Args): string | null => {
      if (typeof args.uri === 'string') {
        return args.uri;
      }
      const browser = browsers.find(args.browser);
      const [target, ...others] = browser?.targets ?? [];
      if (target && others.length === 0 && !isObject(target)) {
        return targetUri(target);
      }
      return browser?.model.location ? uriOf(browser.model.location) : null;
    };
    commands.addCommand(id, {
      ...words,
      isEnabled: args => place(args) !== null,
      isVisible: args => place(args) !== null,
      // A command that says whether it is on becomes a toggle button.
      ...(isToggled && { isToggled: (args: Args) => isToggled(place(args) ?? '') }),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            uri: {
              type: 'string',
              description: trans.__('An s3:// address; left out: the selected or shown folder')
            },
            browser: {
              type: 'string',
              description: trans.__('Id of the S3 browser; left out: the one used last')
            },
            wait: { type: 'boolean', description: trans.__('Do not begin before it is asked for') }
          }
        }
      },
      execute: async args => {
        const uri = place(args);
        if (uri !== null) {
          await execute(uri, args);
        }
      }
    });
  };

  const inBucket = (browser: S3Browser): boolean => browser.model.location !== null;
  const canChange = (targets: readonly ITarget[]): boolean =>
    targets.length > 0 && !targets.some(each => isBucket(each) || each.pinned);

  commands.addCommand(CommandIDs.pick, {
    label: trans.__('Choose in S3…'),
    caption: trans.__('Ask for a prefix, an object or a bucket; answers its address'),
    icon: bucketIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          uri: {
            type: 'string',
            description: trans.__('Where to begin, for example s3://bucket/data/')
          },
          title: { type: 'string', description: trans.__('What it is chosen for') }
        }
      }
    },
    execute: args =>
      options.pick(String(args.uri ?? ''), String(args.title ?? trans.__('Choose in S3')))
  });
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
        return tabs.openBrowser(uri, args.browser ? String(args.browser) : undefined);
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
      await tabs.openBrowser(uri);
    }
  });
  addForTargets(CommandIDs.openSelected, {
    label: trans.__('Open'),
    icon: folderIcon,
    isEnabled: targets => targets.length === 1,
    execute: async ([target]) => {
      if (isObject(target)) {
        await tabs.openObject(target);
      } else {
        const browser = browsers.find() ?? reveal();
        await browser.model.open({ bucket: target.bucket, prefix: target.key });
        browser.focusList();
      }
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
  addForTargets(CommandIDs.deleteBucket, {
    label: trans.__('Delete Bucket…'),
    icon: deleteIcon,
    isEnabled: ([target, ...others]) =>
      target !== undefined && others.length === 0 && isBucket(target) && !target.pinned,
    execute: ([target]) => actions.deleteBucket(target.bucket)
  });
  addForPlace(CommandIDs.pin, {
    label: trans.__('Pin to the Top'),
    caption: trans.__('Keep a place on top of the list of buckets, or no longer'),
    icon: folderFavoriteIcon,
    isToggled: uri => {
      const location = parseLocation(uri);
      return location !== null && places.isPinned(location);
    },
    execute: async uri => {
      const location = parseLocation(uri);
      if (location) {
        await places.toggle(location);
      }
    }
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
  addForTargets(CommandIDs.download, {
    label: trans.__('Download'),
    caption: trans.__('Save an object to your disk; several, and folders, as a zip archive'),
    icon: downloadIcon,
    isEnabled: targets => targets.length > 0,
    execute: targets => actions.download(targets)
  });
  addForTargets(CommandIDs.editText, {
    label: trans.__('Edit as Text'),
    caption: trans.__('Open the text in an editor of JupyterLab'),
    icon: editIcon,
    isEnabled: ([target, ...others]) =>
      target !== undefined &&
      others.length === 0 &&
      isObject(target) &&
      hasPath(target.bucket, target.key),
    execute: async ([{ bucket, key }]) => {
      await commands.execute('docmanager:open', {
        path: pathOf(bucket, key),
        factory: 'Editor'
      });
    }
  });
  addForTargets(CommandIDs.copyUri, {
    label: trans.__('Copy S3 URI'),
    caption: trans.__('Copy the s3:// address'),
    icon: copyIcon,
    isEnabled: targets => targets.length > 0,
    execute: targets => actions.copyUri(targets)
  });
  addForTargets(CommandIDs.insertCode, {
    label: trans.__('Insert Code…'),
    caption: trans.__('Insert code that reads this into the notebook'),
    icon: codeIcon,
    isEnabled: targets => targets.length === 1,
    execute: ([target]) => actions.insertCode(target)
  });
  addForTargets(CommandIDs.useAsChannel, {
    label: trans.__('Use as Training Channel'),
    caption: trans.__('Add a channel that reads this to the open Estimator, or to a new one'),
    isVisible: () => commands.hasCommand(ESTIMATOR_CHANNEL),
    isEnabled: targets => targets.length === 1,
    execute: async ([target]) => {
      await commands.execute(ESTIMATOR_CHANNEL, { s3_uri: targetUri(target) });
    }
  });
  addForTargets(CommandIDs.presign, {
    label: trans.__('Presigned URL…'),
    caption: trans.__('Make an address that works without credentials for some time'),
    icon: linkIcon,
    isEnabled: targets => targets.length === 1 && isObject(targets[0]),
    execute: ([target]) => actions.presign(target)
  });
  addForTargets(CommandIDs.remove, {
    label: trans.__('Delete…'),
    icon: deleteIcon,
    isEnabled: canChange,
    execute: async targets => {
      await actions.delete(targets);
      browsers.find()?.focusList();
    }
  });
  addForTargets(CommandIDs.copy, {
    label: trans.__('Copy'),
    caption: trans.__('Remember the selected rows for Paste, and copy their addresses'),
    icon: copyIcon,
    isEnabled: canChange,
    execute: targets => actions.keep(targets, false)
  });
  addForTargets(CommandIDs.cut, {
    label: trans.__('Cut'),
    caption: trans.__('Remember the selected rows; Paste moves them'),
    icon: cutIcon,
    isEnabled: canChange,
    execute: targets => actions.keep(targets, true)
  });
  add(CommandIDs.paste, {
    label: trans.__('Paste'),
    caption: trans.__('Copy or move here what was copied or cut'),
    icon: pasteIcon,
    isEnabled: browser => inBucket(browser) && actions.canPaste,
    execute: async browser => {
      if (browser.model.location) {
        await actions.paste(browser.model.location);
      }
    }
  });
  addForTargets(CommandIDs.rename, {
    label: trans.__('Rename…'),
    icon: editIcon,
    isEnabled: targets => targets.length === 1 && canChange(targets),
    execute: async ([target]) => {
      await actions.rename(target);
      browsers.find()?.focusList();
    }
  });
  addForPlace(CommandIDs.search, {
    label: trans.__('Search Below This Folder…'),
    caption: trans.__('Search all objects below a folder, at any depth'),
    icon: searchIcon,
    execute: uri => tabs.openSearch(uri)
  });
  addForPlace(CommandIDs.usage, {
    label: trans.__('Size and Cost'),
    caption: trans.__('Add up objects, bytes and dollars a month below a folder'),
    icon: listIcon,
    execute: (uri, args) =>
      tabs.openUsage(uri, args.wait === true, args.wait === true ? String(args.browser) : undefined)
  });
  addForPlace(CommandIDs.sync, {
    label: trans.__('Sync with a Folder…'),
    caption: trans.__('Make a folder in S3 and one of the file browser alike'),
    icon: refreshIcon,
    execute: uri => tabs.openSync(uri)
  });
  commands.addCommand(CommandIDs.offload, {
    label: trans.__('Free Disk Space by S3'),
    caption: trans.__('See what fills the disk of this server, and move it to S3'),
    icon: bucketIcon,
    describedBy: noArguments,
    execute: () => tabs.openOffload()
  });
  commands.addCommand(CommandIDs.restore, {
    label: trans.__('Bring Back from S3'),
    caption: trans.__(
      'Bring offloaded files back, the selected ones or those in the selected folders'
    ),
    icon: bucketIcon,
    isEnabled: args => typeof args.path === 'string' || actions.selectedPaths.length > 0,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          path: {
            type: 'string',
            description: trans.__('A pointer or a folder; left out: what the file browser selects')
          }
        }
      }
    },
    execute: args =>
      actions.restore(typeof args.path === 'string' ? [args.path] : actions.selectedPaths)
  });
  addForTargets(CommandIDs.copyToFiles, {
    label: trans.__('Copy to the File Browser'),
    caption: trans.__('Copy to the folder that the file browser shows'),
    icon: fileIcon,
    isEnabled: canChange,
    isVisible: () => actions.fileBrowser !== null,
    execute: targets => actions.copyToFiles(targets)
  });
  commands.addCommand(CommandIDs.copyFromFiles, {
    label: trans.__('Copy to S3…'),
    caption: trans.__('Copy the selected files and folders to S3'),
    icon: bucketIcon,
    isVisible: () => actions.fileBrowser !== null,
    describedBy: noArguments,
    execute: () => actions.copyFromFiles(browsers.find()?.model.location ?? null)
  });
}
