/**
 * Whether tests run at their full size, which takes minutes: `npm run test:full` does, for those that have one. The small
 * size of each belongs to `npm test`, and shows the same of fewer people, messages or deaths.
 */
export const FULL = process.env.POSTHOUSE_FULL === '1'
