/** @file The recipe as it was written, and the commands that make the same figures again. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Section } from './section.ts';

export function method({ data, texts }: Section): Html {
  const { main, dataset } = data;
  const used = main.params['runtime.deviceUsed'];
  const devices = used?.split(', ').map((device) => (device === 'cpu' ? texts.reproduce.processor : device));
  const trimmed = main.recipeText.replaceAll('\r\n', '\n').trim();
  return html`<section>
      <h2>${texts.headings.reproduce}</h2>
      <p class="lead">${texts.leads.reproduce}</p>
      <div class="steps">
        ${data.commands.map(({ purpose, line }) => html`<div><span>${texts.reproduce.purposes[purpose]}</span><code>${line}</code></div>`)}
      </div>
      <p class="note">
        ${texts.reproduce.conditions({ version: data.version, seed: main.params['runtime.seed'] ?? '42', contentHash: dataset.contentHash, fileHash: dataset.source.sha256 })}
        ${devices === undefined ? '' : texts.reproduce.device({ device: devices.join(', ') })}
      </p>
    </section>
    <section>
      <h2>${texts.headings.recipe}</h2>
      <p class="lead">${main.recipe} · ${texts.reproduce.edited}</p>
      <pre><code>${trimmed}</code></pre>
    </section>`;
}
