//go:build wasip1

package main

import "unsafe"

//go:wasmimport plumbline request_method
func requestMethod(task uint32, to unsafe.Pointer, room uint32) uint32

//go:wasmimport plumbline request_target
func requestTarget(task uint32, to unsafe.Pointer, room uint32) uint32

//go:wasmimport plumbline request_headers
func requestHeaders(task uint32, to unsafe.Pointer, room uint32) uint32

//go:wasmimport plumbline request_read
func requestRead(task uint32, to unsafe.Pointer, room uint32) int32

//go:wasmimport plumbline response_header
func responseHeader(task uint32, name unsafe.Pointer, nameLength uint32, value unsafe.Pointer, valueLength uint32) int32

//go:wasmimport plumbline task_return
func taskReturn(task uint32, status uint32, body unsafe.Pointer, length uint32)

//go:wasmimport plumbline task_return_error
func taskReturnError(task uint32, code unsafe.Pointer, codeLength uint32, message unsafe.Pointer, messageLength uint32)
