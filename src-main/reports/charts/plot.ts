/** @file The frame every chart shares: size, margins, grid, axes. Colours come from classes, so print and dark mode follow. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { linear, niceTicks } from './scale.ts';
import type { Scale } from './scale.ts';

export interface Plot {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly x: Scale;
  readonly y: Scale;
  readonly yTicks: readonly number[];
}

export interface PlotOptions {
  readonly width?: number;
  readonly height?: number;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly yTickCount?: number;
  /** room for tick labels */
  readonly left?: number;
  readonly bottom?: number;
  readonly top?: number;
}

export function plot(options: PlotOptions): Plot {
  const { width = 720, height = 220, left = 46, bottom = 24, top = 12 } = options;
  const right = 8;
  const yTicks = niceTicks(options.y[0], options.y[1], options.yTickCount ?? 4);
  return {
    width,
    height,
    left,
    right: width - right,
    top,
    bottom: height - bottom,
    x: linear(options.x[0], options.x[1], left, width - right),
    y: linear(yTicks[0], yTicks[yTicks.length - 1], height - bottom, top),
    yTicks,
  };
}

export const px = (value: number): number => Math.round(value * 10) / 10;

/** Horizontal grid lines with their labels, and the unit above them. */
export function yAxis(area: Plot, label: (value: number) => string, unit: string | null): Html {
  return html`<g class="axis">
    ${area.yTicks.map(
      (tick) =>
        html`<line
            class="${tick === 0 ? 'zero' : 'grid'}"
            x1="${area.left}"
            x2="${area.right}"
            y1="${px(area.y.at(tick))}"
            y2="${px(area.y.at(tick))}"
          /><text x="${area.left - 7}" y="${px(area.y.at(tick) + 3.6)}" text-anchor="end"
            >${label(tick)}</text
          >`,
    )}
    ${unit ? html`<text class="unit" x="${area.left}" y="${area.top - 8}">${unit}</text>` : null}
  </g>`;
}

/** Labels under the plot, with a hairline where `line` is set. */
export function xAxis(
  area: Plot,
  ticks: readonly { readonly at: number; readonly label: string; readonly line?: boolean }[],
): Html {
  return html`<g class="axis">
    ${ticks.map(({ at, label, line }) => {
      const x = px(area.x.at(at));
      const anchor = x > area.right - 18 ? 'end' : x < area.left + 4 ? 'start' : 'middle';
      return html`${line ? html`<line class="grid" x1="${x}" x2="${x}" y1="${area.top}" y2="${area.bottom}" />` : null}<text
          x="${x}"
          y="${area.bottom + 15}"
          text-anchor="${anchor}"
          >${label}</text
        >`;
    })}
  </g>`;
}

/** The SVG itself. `title` is what a screen reader says. */
export const svg = (area: { width: number; height: number }, title: string, content: Html): Html =>
  html`<svg
    viewBox="0 0 ${area.width} ${area.height}"
    role="img"
    aria-label="${title}"
    xmlns="http://www.w3.org/2000/svg"
  >
    ${content}
  </svg>`;
