import jupyter from '@jupyter/eslint-plugin';
import tsPlugin from '@typescript-eslint/eslint-plugin';
import prettier from 'eslint-config-prettier';

/** Every rule of the Jupyter plugin is an error here: a warning is a rule that nobody follows. */
const jupyterRules = jupyter.configs.recommended.map(config => ({
  ...config,
  plugins: { jupyter },
  rules: Object.fromEntries(Object.keys(config.rules).map(name => [name, config.rules[name] === 'off' ? 'off' : 'error']))
}));

export default [
  { ignores: ['lib/**', 'jupyter_smext/**', 'src/api/schema.ts', '**/node_modules/**'] },
  ...tsPlugin.configs['flat/recommended'],
  ...jupyterRules,
  {
    files: ['src/**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { project: './tsconfig.json' } },
    rules: {
      // The panel is restored with the page, so our own modules are needed at once. Heavy packages never are.
      'jupyter/prefer-lazy-imports': [
        'error',
        { ignoreImports: ['./*', '../*'], deferredPackages: ['@rjsf/*', 'uplot', 'yaml'] }
      ],
      curly: 'error',
      eqeqeq: 'error',
      'no-console': 'error',
      'prefer-arrow-callback': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/naming-convention': [
        'error',
        { selector: 'interface', format: ['PascalCase'], custom: { regex: '^I[A-Z]', match: true } }
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-namespace': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { args: 'none' }]
    }
  },
  { files: ['**/__tests__/**'], rules: { 'jupyter/no-untranslated-string': 'off' } },
  prettier
];
