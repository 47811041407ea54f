export const ROOT: string
export const PROTO_FILES: string[]
export const GENERATED_FILES: string[]
