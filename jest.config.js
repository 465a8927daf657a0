const jestJupyterLab = require('@jupyterlab/testing/lib/jest-config');

const esModules = [
  '@codemirror',
  '@jupyter/react-components',
  '@jupyter/web-components',
  '@jupyter/ydoc',
  '@jupyterlab',
  '@lumino',
  '@marijn',
  '@microsoft',
  '@tanstack',
  'exenv-es6',
  'lib0',
  'marked',
  'nanoid',
  'openapi-fetch',
  'vscode-ws-jsonrpc',
  'y-protocols',
  'y-websocket',
  'yaml',
  'yjs'
].join('|');

const base = jestJupyterLab(__dirname);

module.exports = {
  ...base,
  coverageReporters: ['text'],
  modulePathIgnorePatterns: ['<rootDir>/build', '<rootDir>/jupyter_smext', '<rootDir>/lib', '<rootDir>/ui-tests'],
  reporters: ['default'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/lib/', '<rootDir>/ui-tests/'],
  testRegex: 'src/.*/__tests__/.*\\.spec\\.tsx?$',
  transform: { ...base.transform, '^.+\\.tsx?$': ['ts-jest/legacy', { tsconfig: 'tsconfig.test.json' }] },
  transformIgnorePatterns: [`/node_modules/(?!${esModules}).+`]
};
