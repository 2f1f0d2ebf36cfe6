/** @file The mark: a load curve that opens into a forecast. */
export function Logo({ size }: { readonly size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <rect width="32" height="32" rx="8" fill="#0b667f" />
      <path d="M18 15.5 26 8v15z" fill="#fff" opacity=".28" />
      <path
        d="M6 21c2.200 0 2.600-9 5-9s2.600 8 4.600 8c1.300 0 1.600-4.500 2.400-4.500"
        fill="none"
        stroke="#fff"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path d="M18 15.500h8" fill="none" stroke="#f5b83d" strokeWidth="2.4" strokeLinecap="round" />
    </svg>
  );
}
