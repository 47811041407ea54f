import neostandard from 'neostandard'
import tseslint from 'typescript-eslint'
import { GENERATED_FILES } from './scripts/generated.js'

const AMBIENT = 'A core takes time and chance as arguments.'
const VIRTUAL = 'In a simulation time is the world\u2019s and chance the seed\u2019s.'
const ambientGlobals = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'performance', 'crypto', 'process', 'fetch']
const ambientCalls = {
  'Date.now': "MemberExpression[object.name='Date'][property.name='now']",
  'new Date()': "NewExpression[callee.name='Date'][arguments.length=0]",
  'Date()': "CallExpression[callee.name='Date']",
  'Math.random': "MemberExpression[object.name='Math'][property.name='random']",
  globalThis: "Identifier[name='globalThis']"
}

export default tseslint.config(
  { ignores: ['.cache/**', 'dist/', 'data/', ...GENERATED_FILES] },
  ...neostandard({ ts: true }),
  // A promise that nobody waits for is written `void promise`, as a statement.
  { rules: { 'no-void': ['error', { allowAsStatement: true }] } },
  {
    files: ['**/*.ts'],
    ignores: ['**/*.d.ts'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }]
    }
  },
  {
    files: ['src/**/*.ts', 'simulations/**/*.ts', 'soak/**/*.ts'],
    rules: {
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }]
    }
  },
  {
    files: ['src/**/core.ts', 'src/**/*.core.ts'],
    rules: {
      'no-restricted-globals': ['error', ...ambientGlobals.map((name) => ({ name, message: AMBIENT }))],
      'no-restricted-syntax': ['error', ...Object.entries(ambientCalls).map(([name, selector]) => ({ selector, message: `${name}: ${AMBIENT}` }))]
    }
  },
  {
    files: ['simulations/{world,churn,routing,actors,run,checks,defects}/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...ambientGlobals.map((name) => ({ name, message: VIRTUAL }))],
      'no-restricted-syntax': ['error', ...Object.entries(ambientCalls).map(([name, selector]) => ({ selector, message: `${name}: ${VIRTUAL}` }))]
    }
  }
)
