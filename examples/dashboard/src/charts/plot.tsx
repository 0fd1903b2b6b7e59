import {useEffect, useRef} from 'preact/hooks';
import type uPlot from 'uplot';
import {number} from '../format';
import {useSignal} from '../store/signal';
import {theme} from '../theme';
import type {ChartData} from './chart_card';

const kHeight = 230;

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
const kColours = {neutral: '--neutral-fill', accent: '--accent', good: '--good-fill'} as const;

/** Several series over the same steps, as lines or as bars that stand in front of each other. */
export function Plot({title, data, kind}: {title: string; data: ChartData; kind: 'line' | 'bars'}) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>();
  const shown = useRef(data);
  shown.current = data;
  const now = useSignal(theme);
  const values = aligned(data);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let isGone = false;
    // Only who looks at charts needs it.
    void import('uplot').then(({default: Made}) => {
      if (!isGone) plot.current = new Made(options(Made, element.clientWidth, kind, shown), aligned(shown.current), element);
    });
    const measure = new ResizeObserver(() => plot.current?.setSize({width: element.clientWidth, height: kHeight}));
    measure.observe(element);
    return () => {
      isGone = true;
      measure.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [now, kind]);
  useEffect(() => plot.current?.setData(values), [JSON.stringify(values)]);

  const last = data.rows[data.rows.length - 1];
  return (
    <>
      <div ref={box} class="plot" role="img"
           aria-label={`${title}: ${number(data.rows.length)} steps from ${data.rows[0]?.label} to ${last?.label}. The table has the figures.`} />
      <ul class="legend" aria-hidden="true">
        {data.head.slice(1).map((name, i) => <li key={name}><span class={`legend-mark is-${data.tones[i]}`} />{name}</li>)}
      </ul>
    </>
  );
}

const aligned = (data: ChartData): uPlot.AlignedData =>
  [data.rows.map((_, i) => i), ...data.tones.map((_, series) => data.rows.map((row) => row.values[series] ?? 0))];

function options(Made: typeof uPlot, width: number, kind: 'line' | 'bars', shown: {current: ChartData}): uPlot.Options {
  const axis = {stroke: colour('--muted'), font: '12px system-ui, sans-serif', ticks: {show: false}, grid: {stroke: colour('--line'), width: 1}};
  const label = (at: number) => shown.current.rows[at]?.label ?? '';
  return {
    width, height: kHeight, padding: [8, kind === 'line' ? 40 : 8, 0, 0], legend: {show: false}, cursor: {drag: {x: false, y: false}, points: {show: kind === 'line'}},
    scales: {
      x: {time: false, range: (_, from, to) => (kind === 'bars' ? [from - 0.6, to + 0.6] : from === to ? [from - 1, to + 1] : [from, to])},
      y: {range: (_, __, most) => [0, Math.max(4, most * 1.08)]},
    },
    axes: [
      {...axis, grid: {show: false}, space: 90, size: 30, incrs: [1, 2, 3, 4, 6, 8, 12, 24, 48, 96, 192], values: (_, at) => at.map(label)},
      {...axis, size: 52, values: (_, at) => at.map(number), incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 1e6]},
    ],
    series: [{}, ...shown.current.tones.map((tone): uPlot.Series => {
      const fill = colour(kColours[tone]);
      const bars = Made.paths.bars?.({size: [0.72, 48], radius: 0.15});
      return kind === 'bars' && bars ? {stroke: fill, fill, width: 0, paths: bars, points: {show: false}}
        : {stroke: fill, width: 2, points: {show: shown.current.rows.length < 2}};
    })],
  };
}
