#pragma once

namespace gradus {

/// The style sheet of a report: system fonts, light or dark, colors that most kinds of eyes tell apart.
///
/// paper     Okabe & Ito 2008, Color universal design
constexpr const char* report_style = R"css(
:root { color-scheme: light dark; --paper: #fff; --ink: #1c1c1c; --soft: #666; --rule: #ddd; --panel: #f5f5f5;
  --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #b5638f; --c4: #a87900; --c5: #3a9bd1; --c6: #555; --c7: #8c4fd0; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181b; --ink: #e8e8e8; --soft: #9a9a9a; --rule: #383b40; --panel: #202327;
    --c0: #4aa8e0; --c1: #f08a3c; --c2: #2fc79a; --c3: #e39ac4; --c4: #e0b42f; --c5: #8fd0f5; --c6: #bbb; --c7: #b994f0; }
}
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2.5rem 0 .75rem; padding-bottom: .25rem; border-bottom: 1px solid var(--rule); }
pre { margin: 0; padding: .75rem 1rem; background: var(--panel); border-radius: 6px; font-size: .85rem;
  white-space: pre-wrap; overflow-wrap: anywhere; }
pre, td, .plot text { font-variant-numeric: tabular-nums; }
figure { margin: 0; min-width: 0; }
figcaption { overflow-wrap: anywhere; }
.pictures { display: flex; flex-wrap: wrap; gap: 1.25rem; }
.pictures figure { max-width: 100%; }
.pictures img { display: block; max-width: 100%; height: auto; }
.pictures figcaption { margin-top: .35rem; font-size: .9rem; color: var(--soft); }
.plot { margin-bottom: 2rem; }
.plot figcaption { font-weight: 600; }
.plot > svg { display: block; width: 100%; height: auto; }
.plot text { font-size: 12px; fill: var(--soft); }
.plot .x { text-anchor: middle; }
.plot .y { text-anchor: end; }
.legend { list-style: none; margin: .25rem 0 .5rem; padding: 0; display: flex; flex-wrap: wrap; gap: .1rem 1.25rem;
  font-size: .9rem; overflow-wrap: anywhere; }
.key { width: 24px; height: 8px; vertical-align: middle; }
.grid { fill: none; stroke: var(--rule); stroke-width: 1; shape-rendering: crispEdges; }
.curve { fill: none; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
.dashed { stroke-dasharray: 7 4; }
.dotted { stroke-dasharray: 1 4; }
.c0 { stroke: var(--c0); } .c1 { stroke: var(--c1); } .c2 { stroke: var(--c2); } .c3 { stroke: var(--c3); }
.c4 { stroke: var(--c4); } .c5 { stroke: var(--c5); } .c6 { stroke: var(--c6); } .c7 { stroke: var(--c7); }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem 1.25rem .3rem 0; border-bottom: 1px solid var(--rule);
  overflow-wrap: anywhere; }
th { font-weight: 400; color: var(--soft); width: 30%; }
.seconds { width: 7rem; white-space: nowrap; }
.bar { height: .6rem; margin-top: .45rem; min-width: 1px; background: var(--c0); border-radius: 2px; }
.soft { color: var(--soft); }
@media print { body { max-width: none; } figure, tr { break-inside: avoid; } }
)css";

}  // namespace gradus
