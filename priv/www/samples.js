// What is asked again and again is kept while the page is open, so that it can be plotted.

const most = 300; // samples: ten minutes, at one in two seconds

export class Samples {
  #series = new Map();
  #totals = new Map();

  /** Adds a number to a series, and gives all of them. */
  add(name, value) {
    const series = this.#series.get(name) ?? [];
    series.push(value);
    if (series.length > most) series.shift();
    this.#series.set(name, series);
    return series;
  }

  /** Likewise the rate at which a counter grows, a second; of a counter that began anew nothing is known. */
  addRate(name, total, now) {
    const before = this.#totals.get(name);
    this.#totals.set(name, { total, now });
    const seconds = before ? (now - before.now) / 1000 : 0;
    const rate = before && total >= before.total && seconds > 0 ? (total - before.total) / seconds : undefined;
    return this.add(name, rate);
  }
}
