/**
 * What zero in N supports: had one in more than N / 3 gone wrong, seeing none of N would have had a chance under 5 % (the
 * “rule of three”: (1 − 3 / N)^N ≈ e^−3; Hanley and Lippman-Hand, JAMA 249(13), 1983).
 */
export function boundOfZero (of: number): string {
  return of < 3 ? 'too few to say' : `under 1 in ${Math.floor(of / 3).toLocaleString('en')} at 95 %`
}
