// Colours of legs, which people who see red and green alike tell apart (after Okabe and Ito), dark enough for text
// on white and light enough for text on black; a leg's letter stands beside each message besides.

export const legColours = 8;

/** The class that colours what belongs to a leg. */
export function legClass(leg) {
  return `leg-${leg % legColours}`;
}
