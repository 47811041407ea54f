/** Numbers of the client's store. Each says where it comes from. */
export const STORE_DEFAULTS = Object.freeze({
  /** Keys of segments that are kept at hand: lines of 64 segments are 16,384, more than anybody scrolls through at once. */
  cachedSegments: 64
})
