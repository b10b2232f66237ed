/** Light and dark, for a wide screen and for a telephone; every text has a contrast of 4.5 or more. */
export const STYLE = `
:root {
  --back: #fbfbfa; --card: #ffffff; --text: #1c1e21; --muted: #5b6068; --line: #dcdee2; --link: #0b57a4;
  --ok: #0f5323; --ok-back: #e3f3e7; --note: #274067; --note-back: #e7edf6;
  --warning: #6b4300; --warning-back: #ffefcb; --error: #8f1410; --error-back: #fde3e0;
  --ran: #2c8a4b; --failing: #c27c0e; --never: #c9ccd1; --code: #f3f4f5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #141619; --card: #1b1e22; --text: #e5e7ea; --muted: #a0a6af; --line: #33383f; --link: #8cc2ff;
    --ok: #93e2ab; --ok-back: #14301e; --note: #b0c9f4; --note-back: #1e2a40;
    --warning: #f6d283; --warning-back: #3a2b0b; --error: #ffb6ae; --error-back: #431a18;
    --ran: #4cb872; --failing: #e0a030; --never: #4a5059; --code: #22262b;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem 1.25rem 4rem; background: var(--back); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; }
code, .offset, .source, table.log td { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, monospace; font-size: .85em; }
a { color: var(--link); }
h1 { margin: 0; font-size: 1.9rem; overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.35rem; }
h3 { margin: 0 0 .5rem; font-size: 1.02rem; font-weight: 600; overflow-wrap: anywhere; }
h4 { margin: 1.1rem 0 .35rem; font-size: .9rem; }
small, .muted, caption, .about, footer { color: var(--muted); font-size: .85rem; }
.about { margin: 0; overflow-wrap: anywhere; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }

.headline { display: inline-block; margin: 1rem 0; padding: .35rem .8rem; border-radius: .5rem; font-size: 1.15rem; font-weight: 600; }
.tiles { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0 0 .9rem; padding: 0; list-style: none; }
.tiles li { flex: 1 1 9rem; padding: .6rem .8rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); }
.tiles b { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tiles span { color: var(--muted); font-size: .85rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin-top: 1rem; }
nav a { padding: .25rem 0; }

.bar { display: block; height: .5rem; border-radius: .25rem; overflow: hidden; background: var(--never); }
.bar svg { display: block; width: 100%; height: 100%; }
rect.ran { fill: var(--ran); } rect.failing { fill: var(--failing); } rect.never { fill: var(--never); }

.ok { --tone: var(--ok); --tone-back: var(--ok-back); }
.note { --tone: var(--note); --tone-back: var(--note-back); }
.warning { --tone: var(--warning); --tone-back: var(--warning-back); }
.error { --tone: var(--error); --tone-back: var(--error-back); }
.badge, .headline { color: var(--tone); background: var(--tone-back); }
.badge { padding: .1rem .5rem; border-radius: .4rem; font-size: .85rem; font-weight: 600; white-space: nowrap; }

.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .25rem 0 1.25rem; }
caption { padding-bottom: .5rem; text-align: left; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { color: var(--muted); font-size: .8rem; font-weight: 600; }
tbody th { font-weight: 500; }
td.wide { min-width: 14rem; overflow-wrap: anywhere; }
.runs { width: 100%; } .runs th { overflow-wrap: anywhere; } .runs td { white-space: nowrap; } .runs td.wide { white-space: normal; }

.matrix { border-collapse: separate; border-spacing: 3px; }
.matrix th, .matrix td { border: 0; }
.matrix tbody th { min-width: 13rem; padding-left: 0; }
.matrix th small { display: block; overflow-wrap: anywhere; }
.matrix td { padding: 0; border-radius: .4rem; background: var(--tone-back); vertical-align: middle; text-align: center; }
.matrix td.none { background: none; }
.matrix td a { display: block; padding: .5rem .7rem; border-radius: inherit; color: var(--tone); font-size: .88rem; font-weight: 600;
  text-decoration: none; white-space: nowrap; }
.matrix td a:hover { box-shadow: inset 0 0 0 2px var(--tone); }
.nth { color: var(--muted); }
tr:target > *, details:target > summary { box-shadow: inset 3px 0 0 var(--link); }

.card, details.run, details.function { margin: 0 0 .75rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); }
.card { padding: .9rem 1rem; border-left: 4px solid var(--tone); }
.card > h3 .badge { margin-right: .35rem; }
summary { cursor: pointer; }
details.run, details.function { padding: 0 1rem; }
details.run > summary, details.function > summary { margin: 0 -1rem; padding: .55rem 1rem; overflow-wrap: anywhere; }
details.run[open], details.function[open] { padding-bottom: .75rem; }
details.run[open] > summary, details.function[open] > summary { border-bottom: 1px solid var(--line); }
details.function .bar { margin-top: .4rem; }
.findings, .again, .legend { margin: .25rem 0; padding: 0; list-style: none; }
.finding p { margin: .2rem 0; overflow-wrap: anywhere; }
.findings li + li { margin-top: .6rem; padding-top: .6rem; border-top: 1px solid var(--line); }
.stack { margin: .2rem 0 .4rem; padding-left: 2rem; }
.stack li { overflow-wrap: anywhere; }
.stack li::marker { color: var(--muted); font-size: .8em; }
.place > summary { overflow-wrap: anywhere; }
.command { display: flex; gap: .5rem; align-items: start; margin: .3rem 0 .6rem; padding: .4rem .6rem; border-radius: .4rem; background: var(--code); }
.command code { flex: 1; overflow-wrap: anywhere; }
.command code::before { content: "$ "; color: var(--muted); }
.command button { border: 1px solid var(--line); border-radius: .3rem; background: var(--card); color: var(--text); font: inherit; font-size: .8rem; cursor: pointer; }

.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin-bottom: .9rem; font-size: .88rem; }
.code { width: 100%; margin: .5rem 0; }
.code td { padding: .08rem .5rem; border: 0; white-space: nowrap; }
.code .insn { width: 100%; }
.code .mark { width: 1.6rem; padding: .08rem 0; border-left: 4px solid var(--cover); text-align: center; }
.mark a { color: inherit; text-decoration: none; }
.ran { --cover: var(--ran); } .failing { --cover: var(--failing); } .never { --cover: var(--never); }
tr.failing { background: var(--warning-back); } tr.never td { color: var(--muted); }
.legend .mark { padding: 0 .4rem; border-left: 4px solid var(--cover); }
.offset, .source, .comment { color: var(--muted); }
.code .source { text-align: right; }
.site { margin-left: .5rem; font-size: .78rem; }

.log { width: 100%; table-layout: fixed; }
.log td { padding: .1rem .5rem; border: 0; overflow-wrap: anywhere; }
.log .text { background: var(--code); }
.log .text span { white-space: pre-wrap; }
.log .mark { width: 1.6rem; padding: .1rem 0; text-align: center; font-weight: 700; }
.log .added td:last-child { background: var(--warning-back); }
.log .missing td:first-child { background: var(--note-back); }
.level-0, .level-1, .level-2, .level-3 { color: var(--error); } .level-4 { color: var(--warning); }
.ledger tr.lost > * { background: var(--error-back); }
.ledger th small { white-space: nowrap; }

.filters { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0 0 .9rem; padding: .4rem .8rem; border: 1px solid var(--line); border-radius: .5rem; }
.filters label { display: inline-flex; gap: .4rem; align-items: center; min-height: 1.8rem; }
body:has(#show-ok:not(:checked)) .run.ok, body:has(#show-note:not(:checked)) .run.note,
body:has(#show-warning:not(:checked)) .run.warning, body:has(#show-error:not(:checked)) .run.error { display: none; }

@media (max-width: 40rem) {
  body { padding: 1rem .75rem 3rem; }
  td.wide, th.wide { display: none; }
  .matrix, .matrix tbody, .matrix caption { display: block; }
  .matrix thead { position: absolute; clip-path: inset(50%); }
  .matrix tr { display: flex; flex-wrap: wrap; gap: .35rem; padding: .6rem 0; border-bottom: 1px solid var(--line); }
  .matrix tbody th { flex: 1 0 100%; padding: 0; }
  .matrix td.none { display: none; }
  .matrix td::before { content: attr(data-failure); display: block; padding: .3rem .7rem 0; color: var(--tone); font-size: .75rem; }
  .matrix td a { padding: 0 .7rem .4rem; }
  .ledger, .ledger tbody, .ledger tr, .ledger tr > * { display: block; }
  .ledger thead { position: absolute; clip-path: inset(50%); }
  .ledger tr { padding: .4rem 0; border-bottom: 1px solid var(--line); }
  .ledger tr > * { padding: .1rem .4rem; border: 0; }
  .log, .log tbody { display: block; }
  .log thead, .log td.gap, .log .both td:not(:last-child) { display: none; }
  .log tr { display: flex; }
  .log td.text { flex: 1; }
  .log td.mark { order: -1; flex: none; width: 1.3rem; }
}
@media print { .filters, .copy { display: none; } }
`;
