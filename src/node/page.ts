/** The operator's page as HTML: no script, no picture, nothing from elsewhere; it looks again by itself every few seconds. */
import type { NodeStatus } from './status.ts'

const REFRESH_SECONDS = 5

/** What each state means to the one who runs the node. */
const STATES: Readonly<Record<NodeStatus['state'], string>> = Object.freeze({
  starting: 'It is being made ready.',
  running: 'It takes users and mail.',
  draining: 'It takes nothing new and hands its mail over to other nodes.',
  stopped: 'It does not run.'
})

/** A whole document, about 4 KiB. */
export function statusPage (status: NodeStatus): string {
  const { mail, storeFailure } = status
  const [state, meaning] = storeFailure === undefined ? [status.state, STATES[status.state]] : ['failed', 'It hands out what it keeps and takes nothing new.']
  const figures = [
    ['users served', `${count(status.users)} <small>of ${count(status.usersMax)}</small>`],
    ['sessions of devices', count(status.sessions)],
    ['other nodes', `${count(status.nodes)} <small>of ${count(status.peers)} peers</small>`],
    ['envelopes kept', `${count(mail.envelopes)} <small>${bytes(mail.bytes)}</small>`],
    ['on their way to disk', bytes(mail.queuedBytes)],
    ['deposits in flight', count(mail.inFlight)],
    ...status.handover === undefined ? [] : [['handed over', `${count(status.handover.envelopes.done)} <small>of ${count(status.handover.envelopes.total)} envelopes</small>`] as const]
  ]
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${REFRESH_SECONDS}">
<title>Posthouse · ${state}</title>
<style>${STYLE}</style>
<main>
<header><h1>Posthouse</h1><p class="state ${state}">${state === 'failed' ? 'disk failed' : state}</p></header>
<p class="lead">${meaning} Up ${duration(status.uptimeSeconds)}, network <b>${escape(status.network)}</b>.</p>
${warnings(status)}
<dl class="figures">
${figures.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('\n')}
</dl>
<h2>Where others reach it</h2>
<ul>${status.addrs.length === 0 ? '<li>nowhere: it listens on no address' : status.addrs.map(address => `<li><code>${escape(address)}</code>`).join('\n')}</ul>
<footer>Peer id <code>${escape(status.peerId)}</code> · <a href="/status">the same as JSON</a></footer>
</main>
</html>
`
}

function warnings ({ verifying, storeFailure, damageMet, users, usersMax }: NodeStatus): string {
  const sentences = [
    ...verifying ? ['It did not end cleanly and compares its store with other nodes.'] : [],
    ...storeFailure === undefined ? [] : [`${storeFailure.charAt(0).toUpperCase()}${storeFailure.slice(1)}.`],
    ...damageMet === 0 ? [] : [`The disk gave back ${count(damageMet)} changed ${damageMet === 1 ? 'value' : 'values'}: look at its health.`],
    ...users < usersMax ? [] : ['There is no room for more users.']
  ]
  return sentences.map(sentence => `<p class="warning" role="alert">${escape(sentence)}</p>`).join('\n')
}

/** Grouped by thousands, as people read it. */
function count (value: number): string {
  return value.toLocaleString('en')
}

function bytes (value: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']
  const unit = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10))
  const size = value / 1024 ** unit
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`
}

/** The two largest units that are not zero. */
function duration (seconds: number): string {
  const parts = [[Math.floor(seconds / 86_400), 'd'], [Math.floor(seconds / 3600) % 24, 'h'], [Math.floor(seconds / 60) % 60, 'min'], [seconds % 60, 's']] as const
  const first = parts.findIndex(([amount]) => amount > 0)
  if (first === -1) return '0 s'
  return parts.slice(first, first + 2).filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount} ${unit}`).join(' ')
}

function escape (text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}

const STYLE = `
:root{color-scheme:light dark;--ink:#1c2126;--soft:#5d6770;--line:#dde2e6;--paper:#fff;--ground:#f4f6f7;--good:#18794e;--busy:#8a5a00;--bad:#b42318}
@media(prefers-color-scheme:dark){:root{--ink:#e8ecef;--soft:#9aa5ae;--line:#2c343b;--paper:#1a2025;--ground:#12171b;--good:#4cc38a;--busy:#f0b429;--bad:#ff7b6e}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:48rem;margin:0 auto;padding:2rem 1.25rem 3rem}
header{display:flex;align-items:center;gap:1rem}
h1{font-size:1.6rem;margin:0}
h2{font-size:1rem;margin:2rem 0 .5rem}
.state{margin:0;padding:.1rem .7rem;border:1px solid currentColor;border-radius:1rem;font-size:.9rem;color:var(--soft)}
.running{color:var(--good)}.draining,.starting{color:var(--busy)}.failed{color:var(--bad)}
.lead{color:var(--soft);margin:.5rem 0 1.5rem}
.warning{border-left:4px solid var(--bad);background:var(--paper);padding:.75rem 1rem;margin:0 0 1rem;overflow-wrap:anywhere}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));gap:.75rem;margin:0}
.figures div{background:var(--paper);border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem}
dt{color:var(--soft);font-size:.9rem}
dd{margin:0;font-size:1.5rem;font-variant-numeric:tabular-nums}
small{color:var(--soft);font-size:.9rem}
ul{list-style:none;margin:0;padding:0}
li{padding:.4rem 0;border-top:1px solid var(--line)}
code{font:.85rem/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
footer{margin-top:2rem;color:var(--soft);font-size:.9rem}
a{color:inherit}`
