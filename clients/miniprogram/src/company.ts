/** What a company sets before it builds, see `.env`. */
export const company = {
  name: import.meta.env.VITE_COMPANY_NAME,
  servicePhone: import.meta.env.VITE_SERVICE_PHONE,
  templateIds: import.meta.env.VITE_TEMPLATE_IDS.split(',').filter((id) => id !== ''),
} as const
