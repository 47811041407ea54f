import { GENERATED_FILES } from './scripts/generated.js'

// Generated codecs export more than any program uses; everything else must have a reader.
export default {
  entry: [
    'src/index.ts',
    'src/client/index.ts',
    // Bundlers put them in the place of what Node has (package.json, `browser`).
    'src/client/transports.browser.ts',
    'src/client/store/database.browser.ts',
    // The narrow interface in front of the library is whole, whoever uses how much of it.
    'src/client/mls/index.ts',
    'src/cli/index.ts',
    // Started as a process of its own (src/store/repair.ts).
    'src/store/repair-process.ts',
    'bench/index.ts',
    'bench/{conversations,failover,history}/index.ts',
    'simulations/index.ts',
    'simulations/programs/*.ts',
    // Bundled for a browser (test/browser/bundle.ts).
    'test/browser/{page,assert}.ts',
    // Bundled into the report (simulations/report/bundle.ts).
    'simulations/report/page/index.ts',
    // Processes of their own.
    'bench/servers/*.ts',
    'bench/clients/*.ts',
    'soak/index.ts',
    'soak/devices/index.ts',
    'scripts/{check,generate}.js',
    'test/**/*.test.ts'
  ],
  project: ['{src,test,bench,simulations,soak,bin,scripts}/**/*.{ts,js}', '!scripts/*.d.ts'],
  ignore: GENERATED_FILES,
  ignoreExportsUsedInFile: true,
  // Started as programs: by scripts/check.js, scripts/generate.js and .mocharc.json. What abstract-level requires in a browser: events.
  ignoreDependencies: ['dependency-cruiser', 'events', 'protons', 'tsx']
}
